import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const nobody = '018f2c5e-0000-7000-8000-000000000000';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;
const get = async (path: string) => (await gateway.root.get(path)).body;
const put = (path: string, body: object, headers = {}) => gateway.root.put(path, body, headers);
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('a network device over REST', () => {
  it('has a model, a version and VLANs beside what a host has', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const body = {
      name: 's',
      region_id: regionId,
      ...hardware,
      labels: ['rack:7'],
      variables: { a: 1 },
      model_name: 'X1',
      os_version: '7.0',
      vlans: '1-100',
    };
    const answer = await made(gateway.root.post('/v1/network-devices', body));
    expect(answer.headers['location']).toContain(`/v1/network-devices/${answer.body.id}`);
    expect(answer.body).toEqual({
      ...body,
      id: uuid,
      project_id: gateway.credentials?.project_id,
      cloud_id: cloudId,
      cell_id: null,
      parent_id: null,
      active: true,
      note: null,
      window_id: null,
      managed_by: null,
      retired_at: null,
      links: [{ rel: 'up', href: `http://localhost:80/v1/regions/${regionId}` }],
      created_at: instant,
      updated_at: null,
    });
    expect(await get(`/v1/network-devices/${answer.body.id}`)).toEqual(answer.body);
    const changed = await put(`/v1/network-devices/${answer.body.id}`, { model_name: 'X2', vlans: null });
    expect(changed.body).toMatchObject({ model_name: 'X2', os_version: '7.0', vlans: null });
    expect(names((await get(`/v1/network-devices?region_id=${regionId}`)).network_devices)).toEqual(['s']);
  });

  it('is not a host, and has a name that no host of its region has', async () => {
    const { regionId } = await newRegion(gateway.root);
    const { id } = await post('/v1/network-devices', { name: 's', region_id: regionId, ...hardware });
    expect((await gateway.root.get(`/v1/hosts/${id}`)).status).toBe(404);
    expect((await put(`/v1/hosts/${id}`, { note: 'x' })).status).toBe(404);
    expect((await gateway.root.delete(`/v1/containers/${id}`)).status).toBe(404);
    expect((await get(`/v1/hosts?region_id=${regionId}`)).hosts).toEqual([]);
    expect(
      (await gateway.root.post('/v1/hosts', { name: 's', region_id: regionId, ...hardware })).status,
    ).toBe(409);
    const retired = await gateway.root.post(`/v1/network-devices/${id}/retire`, undefined);
    expect([retired.status, retired.body.retired_at]).toEqual([200, instant]);
  });

  it('has the same address however that was written', async () => {
    const { regionId } = await newRegion(gateway.root);
    const body = { name: 's', region_id: regionId, ...hardware, ip_address: '2001:DB8:0:0:0::1' };
    expect((await post('/v1/network-devices', body)).ip_address).toBe('2001:db8::1');
    const found = await get(`/v1/devices?region_id=${regionId}&ip_address=2001:db8:0::0:1`);
    expect(names(found.devices)).toEqual(['s']);
  });
});

describe('a container over REST', () => {
  it('is in a host or a container, and inherits from it', async () => {
    const { regionId } = await newRegion(gateway.root);
    const of = (name: string, more: object) => ({ name, region_id: regionId, ...hardware, ...more });
    const host = await post('/v1/hosts', of('h', { variables: { a: 'host' } }));
    const outer = await post('/v1/containers', of('c', { parent_id: host.id, variables: { b: 1 } }));
    const inner = await post('/v1/containers', of('d', { parent_id: outer.id }));
    expect(inner.links[0].href).toBe(`http://localhost:80/v1/containers/${outer.id}`);
    expect((await get(`/v1/containers/${inner.id}`)).variables).toEqual({ a: 'host', b: 1 });
    expect((await get(`/v1/containers/${inner.id}/variables`)).variables).toEqual({ a: 'host', b: 1 });
    const explained = await get(`/v1/containers/${inner.id}/variables?explain=true`);
    expect(explained.variables.b.owner).toEqual({ kind: 'container', id: outer.id, name: 'c' });
    const network = await post('/v1/network-devices', of('s', {}));
    const refused = await gateway.root.post('/v1/containers', of('e', { parent_id: network.id }));
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('network device')]);
  });
});

describe('the labels of a device over REST', () => {
  it.each(['hosts', 'network-devices', 'containers'])(
    'of %s are added, replaced and removed',
    async (things) => {
      const { regionId } = await newRegion(gateway.root);
      const { id } = await post(`/v1/${things}`, {
        name: 'x',
        region_id: regionId,
        ...hardware,
        labels: ['b'],
      });
      const labels = `/v1/${things}/${id}/labels`;
      expect(await get(labels)).toEqual({ labels: ['b'] });
      expect((await put(labels, { labels: ['a', 'b', 'a'] })).body).toEqual({ labels: ['a', 'b'] });
      expect((await put(`${labels}?replace=true`, { labels: ['c', 'b'] })).body).toEqual({
        labels: ['b', 'c'],
      });
      const removed = await gateway.root.ask('DELETE', labels, { labels: ['b', 'unknown'] });
      expect([removed.status, removed.text]).toEqual([204, '']);
      expect((await get(`/v1/${things}/${id}`)).labels).toEqual(['c']);
    },
  );

  it('have the revision of their device, and change only where something differs', async () => {
    const { regionId } = await newRegion(gateway.root);
    const { id } = await post('/v1/hosts', { name: 'x', region_id: regionId, ...hardware });
    const labels = `/v1/hosts/${id}/labels`;
    const { headers } = await put(labels, { labels: ['a'] });
    const etag = headers['etag'] ?? '';
    expect((await gateway.root.get(`/v1/hosts/${id}`)).headers['etag']).toBe(etag);
    expect((await gateway.root.get(labels, { 'if-none-match': etag })).status).toBe(304);
    const before = (await gateway.events()).length;
    expect((await put(labels, { labels: ['a'] })).status).toBe(200);
    expect(await gateway.events()).toHaveLength(before);
    expect((await put(labels, { labels: ['b'] }, { 'if-match': etag })).status).toBe(200);
    expect((await put(labels, { labels: ['c'] }, { 'if-match': etag })).status).toBe(412);
  });

  it.each<[string, object]>([
    ['missing', {}],
    ['no list', { labels: 'a' }],
    ['empty', { labels: [''] }],
    ['numbers', { labels: [7] }],
    ['full of control characters', { labels: ['a\u0000'] }],
    ['too long', { labels: ['x'.repeat(256)] }],
    ['too many', { labels: Array.from({ length: 101 }, (_, index) => `label ${index}`) }],
  ])('are refused when they are %s', async (_, body) => {
    const { regionId } = await newRegion(gateway.root);
    const { id } = await post('/v1/hosts', { name: 'x', region_id: regionId, ...hardware });
    for (const method of ['PUT', 'DELETE'] as const) {
      const answer = await gateway.root.ask(method, `/v1/hosts/${id}/labels`, body);
      expect([answer.status, answer.body.errors[0].member]).toEqual([400, 'labels']);
    }
  });

  it('are a hundred at most, and nobody else’s', async () => {
    const { regionId } = await newRegion(gateway.root);
    const labels = Array.from({ length: 100 }, (_, index) => `label:${index}`);
    const { id } = await post('/v1/hosts', { name: 'x', region_id: regionId, ...hardware, labels });
    expect((await put(`/v1/hosts/${id}/labels`, { labels: ['one more'] })).status).toBe(409);
    const other = await stranger(gateway);
    expect((await other.get(`/v1/hosts/${id}/labels`)).status).toBe(404);
    expect((await other.put(`/v1/hosts/${id}/labels`, { labels: ['a'] })).status).toBe(404);
    expect((await gateway.root.get(`/v1/hosts/${nobody}/labels`)).status).toBe(404);
  });
});

describe('devices of all kinds over REST', () => {
  const fleet = async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    const of = async (things: string, name: string, more: object = {}) =>
      (await post(`/v1/${things}`, { name, region_id: regionId, ...hardware, ...more })).id as string;
    const a = await of('network-devices', 'a', { labels: ['x'], model_name: 'X1' });
    const b = await of('hosts', 'b', { parent_id: a, labels: ['x', 'y'], cell_id: cell.id });
    const c = await of('containers', 'c', { parent_id: b, labels: ['y', 'x'], variables: { own: 1 } });
    await of('hosts', 'd', { active: false, ip_address: '10.7.7.7' });
    return { cloudId, regionId, cellId: cell.id as string, a, b, c };
  };

  it('are one list, in which each says its kind', async () => {
    const { regionId, a } = await fleet();
    const { devices, links } = await get(`/v1/devices?region_id=${regionId}&details=true`);
    expect(devices.map(({ name, kind }: Record<string, unknown>) => [name, kind])).toEqual([
      ['a', 'network-device'],
      ['b', 'host'],
      ['c', 'container'],
      ['d', 'host'],
    ]);
    expect(devices[0]).toMatchObject({ model_name: 'X1', labels: ['x'], variables: {} });
    expect(devices[1]).toMatchObject({
      model_name: null,
      links: [{ rel: 'up', href: `http://localhost:80/v1/network-devices/${a}` }],
    });
    expect(devices[2]).toMatchObject({ variables: { own: 1 } });
    expect(links.map(({ rel }: { rel: string }) => rel)).toEqual(['first', 'self']);
  });

  it('are found by everything that a list is narrowed by', async () => {
    const { cloudId, regionId, cellId, a, b, c } = await fleet();
    const listed = async (query: string) => names((await get(`/v1/devices?${query}`)).devices);
    const region = `region_id=${regionId}`;
    expect(await listed(`${region}&kind=host`)).toEqual(['b', 'd']);
    expect(await listed(`${region}&label=x`)).toEqual(['a', 'b', 'c']);
    expect(await listed(`${region}&label=x&label=y`)).toEqual(['b', 'c']);
    expect(await listed(`${region}&label=y&label=x&label=y&kind=host`)).toEqual(['b']);
    expect(await listed(`${region}&label=none`)).toEqual([]);
    expect(await listed(`parent_id=${a}`)).toEqual(['b']);
    expect(await listed(`parent_id=${a}&descendants=true`)).toEqual(['b', 'c']);
    expect(await listed(`parent_id=${c}&descendants=true`)).toEqual([]);
    expect(await listed(`parent_id=${nobody}&descendants=true`)).toEqual([]);
    expect(await listed(`parent_id=${c}&descendants=false`)).toEqual([]);
    for (const collection of ['devices', 'hosts']) {
      const alone = await gateway.root.get(`/v1/${collection}?${region}&descendants=true`);
      expect([alone.status, alone.body.errors?.[0].member]).toEqual([400, 'descendants']);
    }
    expect(await listed(`${region}&active=false`)).toEqual(['d']);
    expect(await listed(`cell_id=${cellId}`)).toEqual(['b']);
    expect(await listed(`cloud_id=${cloudId}&name=a`)).toEqual(['a']);
    expect(await listed(`${region}&ip_address=10.7.7.7`)).toEqual(['d']);
    expect(await listed(`id=${b}`)).toEqual(['b']);
    expect(names((await get(`/v1/hosts?${region}&label=x`)).hosts)).toEqual(['b']);
    expect((await (await stranger(gateway)).get(`/v1/devices?label=x`)).body.devices).toEqual([]);
  });

  it('come in pages that keep every label that was asked for', async () => {
    const { regionId } = await fleet();
    const first = await get(`/v1/devices?region_id=${regionId}&label=x&label=y&limit=1`);
    expect(names(first.devices)).toEqual(['b']);
    const next = first.links.find(({ rel }: { rel: string }) => rel === 'next').href as string;
    const second = await get(next.replace('http://localhost:80', ''));
    expect(names(second.devices)).toEqual(['c']);
    expect(second.links.map(({ rel }: { rel: string }) => rel)).toEqual(['first', 'prev', 'self']);
  });

  it('are seen as they were', async () => {
    const { regionId, a, b } = await fleet();
    const then = (await gateway.root.get('/v1/devices')).headers['craton-cursor'];
    await put(`/v1/hosts/${b}`, { parent_id: null });
    await put(`/v1/hosts/${b}/labels?replace=true`, { labels: [] });
    const listed = async (query: string) => names((await get(`/v1/devices?${query}`)).devices);
    expect(await listed(`parent_id=${a}&descendants=true`)).toEqual([]);
    expect(await listed(`parent_id=${a}&descendants=true&as_of=${then}`)).toEqual(['b', 'c']);
    expect(await listed(`region_id=${regionId}&label=y&as_of=${then}`)).toEqual(['b', 'c']);
    expect(await get(`/v1/hosts/${b}/labels?as_of=${then}`)).toEqual({ labels: ['x', 'y'] });
  });

  it.each(['kind=server', 'label=', 'descendants=perhaps', 'model_name=X1'])(
    'are not listed for %s',
    async (query) => {
      const { status, body } = await gateway.root.get(`/v1/devices?${query}`);
      expect([status, body.errors[0].member]).toEqual([400, query.split('=')[0]]);
    },
  );
});

describe('somebody who may only read', () => {
  it('sees devices, networks and labels, and changes none of them', async () => {
    const { regionId } = await newRegion(gateway.root);
    const { id } = await post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware, labels: ['a'] });
    const user = { username: 'reader', project_id: gateway.credentials?.project_id, roles: ['viewer'] };
    const viewer = gateway.as((await post('/v1/users', user)).api_key);
    for (const things of ['devices', 'network-devices', 'containers', 'networks', 'network-interfaces']) {
      expect([things, (await viewer.get(`/v1/${things}`)).status]).toEqual([things, 200]);
      if (things === 'devices') continue;
      expect([things, (await viewer.post(`/v1/${things}`, {})).status]).toEqual([things, 403]);
      expect((await viewer.delete(`/v1/${things}/${nobody}?cascade=true`)).status).toBe(403);
    }
    expect((await viewer.get(`/v1/hosts/${id}/labels`)).body).toEqual({ labels: ['a'] });
    expect((await viewer.put(`/v1/hosts/${id}/labels`, { labels: ['b'] })).status).toBe(403);
  });
});
