import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const nobody = '018f2c5e-0000-7000-8000-000000000000';
const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' } as const;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;
const get = async (path: string) => (await gateway.root.get(path)).body;
const put = (path: string, body: object, headers = {}) => gateway.root.put(path, body, headers);
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('a network over REST', () => {
  it('is registered in a region and inherits from it', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    await put(`/v1/clouds/${cloudId}/variables`, { a: 'cloud', b: 'cloud' });
    await put(`/v1/regions/${regionId}/variables`, { b: 'region' });
    const body = { name: 'n', region_id: regionId, ...range, netmask: '255.255.255.0', nss: 'x' };
    const network = await post('/v1/networks', { ...body, variables: { own: 1 } });
    expect(network).toEqual({
      ...body,
      id: uuid,
      project_id: gateway.credentials?.project_id,
      cloud_id: cloudId,
      cell_id: null,
      ip_block_type: null,
      network_type: null,
      variables: { own: 1 },
      created_at: instant,
      updated_at: null,
    });
    const inherited = { own: 1, a: 'cloud', b: 'region' };
    expect((await get(`/v1/networks/${network.id}`)).variables).toEqual(inherited);
    expect((await get(`/v1/networks/${network.id}?resolved-values=false`)).variables).toEqual({ own: 1 });
    expect((await get(`/v1/networks/${network.id}/variables`)).variables).toEqual(inherited);
    const { networks } = await get(`/v1/networks?region_id=${regionId}&details=true`);
    expect(networks).toEqual([expect.objectContaining({ name: 'n', variables: inherited })]);
  });

  it('is written in one way, and its netmask follows', async () => {
    const { regionId } = await newRegion(gateway.root);
    const of = (name: string, more: object) => post('/v1/networks', { name, region_id: regionId, ...more });
    expect(await of('four', range)).toMatchObject({ ...range, netmask: '255.255.255.0' });
    const canonical = { cidr: '2001:db8::/64', gateway: '2001:db8::1', netmask: '64' };
    const written = { cidr: '2001:DB8:0:0::/64', gateway: '2001:0DB8::0:1' };
    expect(await of('six', written)).toMatchObject(canonical);
    expect(await of('mask', { ...written, netmask: 'ffff:ffff:ffff:ffff::' })).toMatchObject(canonical);
    expect(await of('length', { ...written, netmask: '64' })).toMatchObject(canonical);
    const found = await get(`/v1/networks?region_id=${regionId}&cidr=2001:db8:0::/64&name=six`);
    expect(names(found.networks)).toEqual(['six']);
  });

  it.each([
    [{ cidr: '10.0.0.1/24' }, 'cidr'],
    [{ cidr: '10.0.0.0' }, 'cidr'],
    [{ cidr: '10.0.0.0/33' }, 'cidr'],
    [{ cidr: '10.0.0.0/024' }, 'cidr'],
    [{ cidr: '010.0.0.0/24' }, 'cidr'],
    [{ cidr: 'fe80::%1/64' }, 'cidr'],
    [{ cidr: '::/129' }, 'cidr'],
    [{ cidr: '2001:db8::1/64' }, 'cidr'],
    [{ cidr: 7 }, 'cidr'],
    [{ cidr: `${'1'.repeat(100_000)}/24` }, 'cidr'],
    [{ gateway: '10.0.1.1' }, 'gateway'],
    [{ gateway: '10.0.0.0' }, 'gateway'],
    [{ gateway: '10.0.0.255' }, 'gateway'],
    [{ gateway: '2001:db8::1' }, 'gateway'],
    [{ gateway: 'north' }, 'gateway'],
    [{ netmask: '255.255.0.0' }, 'netmask'],
    [{ netmask: '255.0.255.0' }, 'netmask'],
    [{ netmask: '24' }, 'netmask'],
    [{ netmask: '' }, 'netmask'],
    [{ netmask: '129' }, 'netmask'],
    [{ netmask: null }, 'netmask'],
    [{ name: '' }, 'name'],
    [{ region_id: 'x' }, 'region_id'],
    [{ nss: '' }, 'nss'],
    [{ network_type: '' }, 'network_type'],
    [{ project_id: nobody }, 'project_id'],
  ])('such as %j is refused by the name of its member', async (wrong, member) => {
    const { regionId } = await newRegion(gateway.root);
    const answer = await gateway.root.post('/v1/networks', {
      name: 'n',
      region_id: regionId,
      ...range,
      ...wrong,
    });
    expect([answer.status, answer.body.errors?.[0].member]).toEqual([400, member]);
  });

  it('has a name of its own, and changes what a PUT names on the revision that it is based on', async () => {
    const { regionId } = await newRegion(gateway.root);
    const body = { name: 'n', region_id: regionId, ...range };
    const answer = await made(gateway.root.post('/v1/networks', body));
    const path = `/v1/networks/${answer.body.id}`;
    expect((await gateway.root.post('/v1/networks', body)).status).toBe(409);
    const match = { 'if-match': answer.headers['etag'] ?? '' };
    const moved = await put(path, { cidr: '10.0.0.0/16', ip_block_type: 'private' }, match);
    expect(moved.body).toMatchObject({
      netmask: '255.255.0.0',
      gateway: '10.0.0.1',
      ip_block_type: 'private',
    });
    expect((await put(path, { name: 'm' }, match)).status).toBe(412);
    const stuck = await put(path, { cidr: '10.1.0.0/16' });
    expect([stuck.status, stuck.body.errors[0].member]).toEqual([400, 'gateway']);
    expect((await put(path, { region_id: regionId })).status).toBe(400);
    expect((await put(path, { ip_block_type: null })).body.ip_block_type).toBeNull();
  });

  it('refers to what is there, in its own region', async () => {
    const { regionId } = await newRegion(gateway.root);
    const elsewhere = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: elsewhere.regionId });
    const of = (more: object) =>
      gateway.root.post('/v1/networks', { name: 'n', region_id: regionId, ...range, ...more });
    for (const cell_id of [cell.id as string, nobody]) {
      const { status, body } = await of({ cell_id });
      expect([status, body.errors[0].member]).toEqual([404, 'cell_id']);
    }
    const cloud = await of({ cloud_id: elsewhere.cloudId });
    expect([cloud.status, cloud.body.errors[0].member]).toEqual([400, 'cloud_id']);
    const other = await stranger(gateway);
    expect((await other.post('/v1/networks', { name: 'n', region_id: regionId, ...range })).status).toBe(404);
  });
});

describe('a network interface over REST', () => {
  const places = async () => {
    const { regionId } = await newRegion(gateway.root);
    const host = await post('/v1/hosts', {
      name: 'h',
      region_id: regionId,
      ...hardware,
      variables: { a: 1 },
    });
    const network = await post('/v1/networks', { name: 'n', region_id: regionId, ...range });
    const port = { interface_type: 'ethernet', ip_address: '10.0.0.5', device_id: host.id as string };
    return { regionId, host, network, port };
  };

  it('is registered for a device and inherits from it', async () => {
    const { regionId, host, network, port } = await places();
    const body = {
      ...port,
      name: 'eth0',
      network_id: network.id,
      vlan_id: 4,
      port: 1,
      speed: 10_000,
      duplex: 'full',
    };
    const answer = await made(
      gateway.root.post('/v1/network-interfaces', { ...body, variables: { own: null } }),
    );
    expect(answer.body).toEqual({
      ...body,
      id: uuid,
      project_id: gateway.credentials?.project_id,
      region_id: regionId,
      vlan: null,
      link: null,
      cdp: null,
      security: null,
      links: [{ rel: 'up', href: `http://localhost:80/v1/hosts/${host.id}` }],
      variables: { own: null },
      created_at: instant,
      updated_at: null,
    });
    const path = `/v1/network-interfaces/${answer.body.id}`;
    expect((await get(path)).variables).toEqual({ own: null, a: 1 });
    await put(`${path}/variables`, { a: 2 });
    expect((await get(`${path}/variables?explain=true`)).variables.a).toMatchObject({
      owner: { kind: 'network-interface', name: 'eth0' },
      shadows: [{ owner: { kind: 'host', name: 'h' }, value: 1 }],
    });
    const changed = await put(path, { name: 'eth1', speed: null, port: 0, link: 'up' });
    expect(changed.body).toMatchObject({ name: 'eth1', speed: null, port: 0, link: 'up', duplex: 'full' });
    expect((await gateway.root.delete(path)).status).toBe(204);
    expect((await gateway.root.get(path)).status).toBe(404);
  });

  it('has a name of its own in its device, and refers to what is in its region', async () => {
    const { port } = await places();
    const elsewhere = await places();
    const of = (more: object) => gateway.root.post('/v1/network-interfaces', { name: 'e', ...port, ...more });
    expect((await of({})).status).toBe(201);
    const again = await of({});
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('named e')]);
    for (const [member, id] of [
      ['network_id', elsewhere.network.id as string],
      ['network_id', nobody],
      ['device_id', nobody],
    ] as const) {
      const { status, body } = await of({ name: 'f', [member]: id });
      expect([status, body.errors[0].member]).toEqual([404, member]);
    }
    expect(
      (await (await stranger(gateway)).post('/v1/network-interfaces', { name: 'f', ...port })).status,
    ).toBe(404);
  });

  it('is found by everything that a list is narrowed by', async () => {
    const { regionId, network, port } = await places();
    await post('/v1/network-interfaces', { ...port, name: 'e', network_id: network.id });
    await post('/v1/network-interfaces', {
      ...port,
      name: 'f',
      ip_address: '::0:1',
      interface_type: 'fibre',
    });
    const listed = async (query: string) =>
      names((await get(`/v1/network-interfaces?${query}`)).network_interfaces);
    expect(await listed(`device_id=${port.device_id}`)).toEqual(['e', 'f']);
    expect(await listed(`network_id=${network.id}`)).toEqual(['e']);
    expect(await listed(`region_id=${regionId}&interface_type=fibre`)).toEqual(['f']);
    expect(await listed(`region_id=${regionId}&ip_address=::1`)).toEqual(['f']);
    expect(await listed(`region_id=${regionId}&name=e`)).toEqual(['e']);
    const details = await get(`/v1/network-interfaces?region_id=${regionId}&details=true`);
    expect(details.network_interfaces[0].variables).toEqual({ a: 1 });
  });

  it.each([
    [{ port: '1' }, 'port'],
    [{ port: 1.5 }, 'port'],
    [{ port: -1 }, 'port'],
    [{ speed: 'fast' }, 'speed'],
    [{ vlan_id: 2 ** 24 }, 'vlan_id'],
    [{ ip_address: '10.0.0' }, 'ip_address'],
    [{ device_id: 4 }, 'device_id'],
    [{ interface_type: '' }, 'interface_type'],
    [{ vlan: 4 }, 'vlan'],
  ])('such as %j is refused by the name of its member', async (wrong, member) => {
    const body = {
      name: 'e',
      interface_type: 'ethernet',
      ip_address: '10.0.0.5',
      device_id: nobody,
      ...wrong,
    };
    const answer = await gateway.root.post('/v1/network-interfaces', body);
    expect([answer.status, answer.body.errors[0].member]).toEqual([400, member]);
  });
});
