import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;
const get = async (path: string) => (await gateway.root.get(path)).body;
const set = async (path: string, variables: object, client: Client = gateway.root) => {
  const answer = await client.put(`${path}/variables`, variables);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
};
const unset = (path: string, keys: readonly string[]) =>
  gateway.root.ask('DELETE', `${path}/variables`, keys);
const project = () => `/v1/projects/${gateway.credentials?.project_id}`;
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name).toSorted();

const address = (collection: string, vars: string, more = '') =>
  `/v1/${collection}?vars=${encodeURIComponent(vars)}${more}`;

/** Names of what is found, in alphabetical order. */
const search = async (collection: string, vars: string, more = '', client: Client = gateway.root) => {
  const answer = await client.get(address(collection, vars, more));
  if (answer.status !== 200) throw new Error(answer.text);
  return names(answer.body[collection.replace('-', '_')]);
};

/** A region with one of everything, and in a query the key of a variable that nothing else has. */
const fleet = async () => {
  const { cloudId, regionId } = await newRegion(gateway.root);
  const of = (collection: string, name: string, more: object = {}) =>
    post(`/v1/${collection}`, { name, region_id: regionId, ...more });
  const device = (collection: string, name: string, more: object = {}) =>
    of(collection, name, { ...hardware, ...more });
  const cell = await of('cells', 'cell');
  const parentCell = await of('cells', 'cell of the parent');
  const parent = await device('hosts', 'parent', { cell_id: parentCell.id });
  const child = await device('hosts', 'child', { cell_id: cell.id, parent_id: parent.id });
  const loner = await device('hosts', 'loner');
  const container = await device('containers', 'container', { parent_id: child.id });
  const switched = await device('network-devices', 'switch', { cell_id: cell.id });
  const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
  const network = await of('networks', 'network', { ...range, cell_id: cell.id });
  const port = await post('/v1/network-interfaces', {
    name: 'port',
    device_id: child.id,
    ip_address: '10.0.0.2',
    interface_type: 'ethernet',
  });
  return {
    key: `k${regionId.replaceAll('-', '')}`,
    regionId,
    cloud: `/v1/clouds/${cloudId}`,
    region: `/v1/regions/${regionId}`,
    cell: `/v1/cells/${cell.id}`,
    parentCell: `/v1/cells/${parentCell.id}`,
    parent: `/v1/hosts/${parent.id}`,
    child: `/v1/hosts/${child.id}`,
    loner: `/v1/hosts/${loner.id}`,
    container: `/v1/containers/${container.id}`,
    switch: `/v1/network-devices/${switched.id}`,
    network: `/v1/networks/${network.id}`,
    port: `/v1/network-interfaces/${port.id}`,
  };
};

describe('a search by variables', () => {
  it.each([
    ['a:1', ['loner']],
    ['a:1.0', ['loner']],
    ['a:"1"', []],
    ['list:2', ['loner']],
    ['list[0]:1', ['loner']],
    ['list[1]:1', []],
    ['list[*]:2', ['loner']],
    ['"v3.0".foo:"x:y, z"', ['loner']],
    ['nested.deep.*:true', ['loner']],
    ['nested.deep.b:null', []],
    ['nothing:null', ['loner']],
    ['never:null', []],
    ['nested:{"deep": {"a": true}}', ['loner']],
    ['a:1, list:1', ['loner']],
    ['a:1, list:3', []],
    ['A:1', []],
    [' a : 1 ', ['loner']],
    ['a > 0 and not list:9', ['loner']],
    ['a:2 or host prefix "web-"', ['loner']],
  ])('finds by %s: %j', async (vars, found) => {
    const { loner, regionId } = await fleet();
    const nested = { deep: { a: true } };
    const values = { a: 1, list: [1, 2], 'v3.0': { foo: 'x:y, z' }, nested, nothing: null, host: 'web-7' };
    await set(loner, values);
    expect(await search('hosts', vars, `&region_id=${regionId}`)).toEqual(found);
  });

  it('sees what is inherited as a read does, or only own values', async () => {
    const paths = await fleet();
    const { key } = paths;
    const everywhere = async (more = '') => {
      const of = async (collection: string) => search(collection, `${key}:1`, more);
      const found = await Promise.all(
        ['regions', 'cells', 'devices', 'networks', 'network-interfaces'].map(of),
      );
      return found.flat();
    };
    const devices = ['child', 'container', 'loner', 'parent', 'switch'];
    const below = ['cell', 'cell of the parent', ...devices, 'network', 'port'];
    const expected = {
      project: ['region', ...below],
      cloud: ['region', ...below],
      region: ['region', ...below],
      cell: ['cell', 'child', 'switch', 'port'],
      parentCell: ['cell of the parent', 'parent'],
      parent: ['child', 'container', 'parent', 'port'],
      child: ['child', 'container', 'port'],
      container: ['container'],
      switch: ['switch'],
      network: ['network'],
      port: ['port'],
    };
    for (const [owner, found] of Object.entries(expected)) {
      const path =
        owner === 'project' ? project() : paths[owner as Exclude<keyof typeof expected, 'project'>];
      await set(path, { [key]: 1 });
      const inOwnFleet = await everywhere();
      const others = owner === 'project' ? inOwnFleet.length - found.length : 0;
      expect(inOwnFleet).toEqual(expect.arrayContaining(found));
      expect(inOwnFleet).toHaveLength(found.length + others);
      const own = await everywhere('&resolved-values=false');
      expect(own).toHaveLength(['project', 'cloud'].includes(owner) ? 0 : 1);
      await unset(path, [key]);
      expect(await everywhere()).toEqual([]);
    }
  });

  it('of a cloud sees its own and those of its project, which sees its own', async () => {
    const { key, cloud } = await fleet();
    const { name } = await get(cloud);
    await set(project(), { [key]: 1 });
    expect(await search('clouds', `${key}:1`)).toContain(name);
    expect(await search('clouds', `${key}:1`, '&resolved-values=false')).toEqual([]);
    expect(await search('projects', `${key}:1`)).toEqual([(await get(project())).name]);
    expect(await search('projects', `${key}:2`)).toEqual([]);
    await set(cloud, { [key]: 2 });
    expect(await search('clouds', `${key}:2`)).toEqual([name]);
    expect(await search('clouds', `${key}:1`)).not.toContain(name);
    await unset(project(), [key]);
  });

  it('does not see through a nearer value, even one that lacks what is asked for', async () => {
    const { key, region, parent, child } = await fleet();
    await set(region, { [key]: { a: 1 } });
    await set(parent, { [key]: { b: 1 } });
    expect(await search('hosts', `${key}.a:1`)).toEqual(['loner']);
    await set(child, { [key]: { a: 1 } });
    expect(await search('hosts', `${key}.a:1`)).toEqual(['child', 'loner']);
    expect(await search('devices', `${key}.a:1`)).toEqual(['child', 'container', 'loner', 'switch']);
    await set(parent, { [key]: null });
    expect(await search('hosts', `${key}.b:1`)).toEqual([]);
  });

  it('sees every change at once: of values, of places, and that something is gone', async () => {
    const { key, cell, child, loner, parent } = await fleet();
    await set(cell, { [key]: 1 });
    expect(await search('hosts', `${key}:1`)).toEqual(['child']);
    await gateway.root.put(loner, { cell_id: cell.slice(10) });
    expect(await search('hosts', `${key}:1`)).toEqual(['child', 'loner']);
    await gateway.root.put(child, { cell_id: null });
    expect(await search('hosts', `${key}:1`)).toEqual(['loner']);
    await set(parent, { [key]: 1 });
    expect(await search('hosts', `${key}:1`)).toEqual(['child', 'loner', 'parent']);
    await gateway.root.delete(loner);
    expect(await search('hosts', `${key}:1`)).toEqual(['child', 'parent']);
    await gateway.root.put(child, { parent_id: null });
    await gateway.root.post(`${parent}/retire`, undefined);
    expect(await search('hosts', `${key}:1`)).toEqual([]);
    expect(await search('hosts', `${key}:1`, '&retired=true')).toEqual(['parent']);
  });

  it('is joined with every other filter', async () => {
    const { key, region, regionId, cell, child, parent } = await fleet();
    await set(region, { [key]: 1 });
    await gateway.root.put(`${child}/labels`, { labels: ['x'] });
    const inDevices = (more: string) => search('devices', `${key} exists`, more);
    expect(await inDevices(`&kind=host&region_id=${regionId}`)).toEqual(['child', 'loner', 'parent']);
    expect(await inDevices(`&cell_id=${cell.slice(10)}`)).toEqual(['child', 'switch']);
    expect(await inDevices(`&parent_id=${parent.slice(10)}`)).toEqual(['child']);
    expect(await inDevices(`&parent_id=${parent.slice(10)}&descendants=true`)).toEqual([
      'child',
      'container',
    ]);
    expect(await inDevices('&label=x')).toEqual(['child']);
    expect(await inDevices('&name=loner')).toEqual(['loner']);
    expect(await inDevices(`&id=${child.slice(10)}`)).toEqual(['child']);
    expect(await inDevices('&active=false')).toEqual([]);
    expect(await search('networks', `${key}:1`, '&name=other')).toEqual([]);
    expect(await search('cells', `${key}:1`, '&name=cell')).toEqual(['cell']);
  });

  it('never shows what is of another project, not even where both have the same values', async () => {
    const { key, region } = await fleet();
    await set(region, { [key]: 1 });
    const client = await stranger(gateway);
    for (const collection of ['projects', 'clouds', 'regions', 'cells', 'devices', 'hosts', 'networks']) {
      expect(await search(collection, `${key}:1`, '', client)).toEqual([]);
      const seen = await search(collection, `not ${key}:1`, '', client);
      expect(seen).toHaveLength(collection === 'projects' ? 1 : 0);
    }
    const place = await newRegion(client);
    const host = { name: 'theirs', region_id: place.regionId, ...hardware, variables: { [key]: 1 } };
    await made(client.post('/v1/hosts', host));
    expect(await search('hosts', `${key}:1`, '', client)).toEqual(['theirs']);
    await set(project(), { [key]: 1 });
    expect(await search('hosts', `${key}:1`, '', client)).toEqual(['theirs']);
    await unset(project(), [key]);
  });

  it('answers as of the past: values, places and what was there', async () => {
    const { key, cell, parentCell, child, regionId } = await fleet();
    const { headers } = await set(cell, { [key]: 'old' });
    const then = `&as_of=${headers['craton-cursor']}`;
    const { headers: later } = await set(cell, { [key]: 'new' });
    const between = `&as_of=${later['craton-cursor']}`;
    await gateway.root.put(child, { cell_id: parentCell.slice(10) });
    await post('/v1/hosts', { name: 'later', region_id: regionId, ...hardware, variables: { [key]: 'old' } });
    expect(await search('hosts', `${key}:"old"`, then)).toEqual(['child']);
    expect(await search('hosts', `${key}:"new"`, then)).toEqual([]);
    expect(await search('hosts', `${key}:"old"`)).toEqual(['later']);
    expect(await search('network-devices', `${key}:"new"`)).toEqual(['switch']);
    // One moment after another, and back: what is kept of one is not told of the other.
    expect(await search('hosts', `${key}:"old"`, between)).toEqual([]);
    expect(await search('hosts', `${key}:"new"`, between)).toEqual(['child']);
    expect(await search('hosts', `${key}:"old"`, then)).toEqual(['child']);
  });

  it('comes in pages that stay as they are while others write', async () => {
    const { key, region, regionId } = await fleet();
    await set(region, { [key]: 1 });
    for (const name of ['a', 'b', 'c', 'd'])
      await post('/v1/hosts', { name, region_id: regionId, ...hardware });
    const found: string[] = [];
    let next: string | undefined = address('hosts', `${key}:1, not skip exists`, '&limit=2');
    while (next !== undefined) {
      const { hosts, links } = await get(next);
      found.push(...hosts.map(({ name }: { name: string }) => name));
      expect(hosts.length).toBeGreaterThan(0);
      next = links.find(({ rel }: { rel: string }) => rel === 'next')?.href.replace(/^http:..[^/]*/, '');
      if (found.length === 2) {
        await post('/v1/hosts', { name: 'z', region_id: regionId, ...hardware, variables: { [key]: 2 } });
      }
    }
    expect(found).toEqual(['parent', 'child', 'loner', 'a', 'b', 'c', 'd']);
  });

  it('shows variables as it judges them', async () => {
    const { key, region, loner } = await fleet();
    await set(region, { [key]: 1 });
    await set(loner, { [key]: 2 });
    const { hosts } = await get(address('hosts', `${key}:2`, '&details=true'));
    expect(hosts).toEqual([expect.objectContaining({ name: 'loner', variables: { [key]: 2 } })]);
  });
});
