import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;
const status = async (path: string) => (await gateway.root.get(path)).status;

const many = (count: number, place: object) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      post('/v1/hosts', { name: `h${index}`, ...place, ...hardware }),
    ),
  );

/** A cell with a network and a host, a container in the host, and an interface of the container in the network. */
const fleet = async () => {
  const { cloudId, regionId } = await newRegion(gateway.root);
  const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
  const of = (things: string, name: string, more: object) =>
    post(`/v1/${things}`, { name, region_id: regionId, ...more });
  const addresses = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
  const network = await of('networks', 'n', { cell_id: cell.id, ...addresses });
  const host = await of('hosts', 'h', { cell_id: cell.id, ...hardware, labels: ['x'], variables: { a: 1 } });
  const container = await of('containers', 'k', { parent_id: host.id, ...hardware });
  const port = await post('/v1/network-interfaces', {
    name: 'e',
    device_id: container.id,
    network_id: network.id,
    interface_type: 'virtual',
    ip_address: '10.0.0.5',
  });
  const paths = {
    region: `/v1/regions/${regionId}`,
    cell: `/v1/cells/${cell.id}`,
    network: `/v1/networks/${network.id}`,
    host: `/v1/hosts/${host.id}`,
    container: `/v1/containers/${container.id}`,
    port: `/v1/network-interfaces/${port.id}`,
  };
  return { cloudId, regionId, hostId: host.id as string, paths };
};

type Paths = Awaited<ReturnType<typeof fleet>>['paths'];

describe('removing what others hang on', () => {
  it.each<[keyof Paths, string]>([
    ['region', '4 things still hang on the region: cell c, network n, host h, container k'],
    ['cell', '2 things still hang on cell c: network n, host h'],
    ['network', '1 thing still hangs on network n: interface e'],
    ['host', '1 thing still hangs on host h: container k'],
    ['container', '1 thing still hangs on container k: interface e'],
  ])('is refused, naming what hangs on the %s', async (what, detail) => {
    const { paths } = await fleet();
    const before = (await gateway.events()).length;
    for (const query of ['', '?cascade=false']) {
      const refused = await gateway.root.delete(`${paths[what]}${query}`);
      expect([refused.status, refused.body.detail]).toEqual([409, detail]);
    }
    expect(await gateway.events()).toHaveLength(before);
  });

  it.each<[keyof Paths, readonly (keyof Paths)[]]>([
    ['region', ['region', 'cell', 'network', 'host', 'container', 'port']],
    ['cell', ['cell', 'network', 'host', 'container', 'port']],
    ['network', ['network', 'port']],
    ['host', ['host', 'container', 'port']],
    ['container', ['container', 'port']],
  ])('takes all of it with the %s when it is said so', async (what, gone) => {
    const { paths, regionId } = await fleet();
    const then = (await gateway.root.get(paths.region)).headers['craton-cursor'];
    const removed = await gateway.root.delete(`${paths[what]}?cascade=true`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    for (const [name, path] of Object.entries(paths)) {
      expect([name, await status(path)]).toEqual([name, gone.includes(name as keyof Paths) ? 404 : 200]);
      expect(await status(`${path}?as_of=${then}`)).toBe(200);
    }
    const written = (await gateway.events()).filter(({ stream }) => stream === `region-${regionId}`);
    const commands = new Set(
      written.slice(-gone.length).map(({ metadata }) => (metadata as { commandId: string }).commandId),
    );
    expect(commands.size).toBe(1);
  });

  it('never takes what is under maintenance', async () => {
    const { paths, hostId } = await fleet();
    const ends_at = new Date(Date.now() + 3_600_000).toISOString();
    await post('/v1/maintenance-windows', { host_id: hostId, ends_at });
    const claimed = await gateway.root.get(paths.host);
    expect(claimed.body.window_id).not.toBeNull();
    for (const path of [paths.host, paths.cell, paths.region]) {
      const { status: code, body } = await gateway.root.delete(`${path}?cascade=true`);
      expect([code, body.detail]).toEqual([409, expect.stringContaining('h is under maintenance window')]);
    }
    expect(await status(paths.port)).toBe(200);
  });

  it('says what it does not understand', async () => {
    const { paths } = await fleet();
    for (const query of ['cascade=perhaps', 'cascade=', 'force=true', 'cascade=true&cascade=true']) {
      const { status: code } = await gateway.root.delete(`${paths.cell}?${query}`);
      expect([query, code]).toEqual([query, 400]);
    }
  });

  it('holds to the revision that it is based on', async () => {
    const { paths } = await fleet();
    const etag = (await gateway.root.get(paths.cell)).headers['etag'] ?? '';
    await gateway.root.put(paths.cell, { note: 'n' });
    const stale = await gateway.root.delete(`${paths.cell}?cascade=true`, { 'if-match': etag });
    expect(stale.status).toBe(412);
    expect(await status(paths.port)).toBe(200);
  });

  it('takes more than one append holds, part by part and itself last', async () => {
    const { regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    await many(2100, { region_id: regionId, cell_id: cell.id });
    const path = `/v1/cells/${cell.id}`;
    const etag = (await gateway.root.get(path)).headers['etag'] ?? '';
    const headers = { 'if-match': etag, 'x-craton-reason': 'r'.repeat(200) };
    expect((await gateway.root.delete(`${path}?cascade=true`, headers)).status).toBe(204);
    expect((await gateway.root.get(`/v1/hosts?region_id=${regionId}`)).body.hosts).toEqual([]);
    const written = (await gateway.events()).filter(({ stream }) => stream === `region-${regionId}`);
    expect(written.at(-1)).toMatchObject({
      type: 'CellRemoved',
      metadata: { reason: headers['x-craton-reason'] },
    });
    expect(written.filter(({ type }) => type === 'DeviceRemoved')).toHaveLength(2100);
  });

  it('takes none of many when one of them is under maintenance', async () => {
    const { regionId } = await newRegion(gateway.root);
    await many(1200, { region_id: regionId });
    const last = await post('/v1/hosts', { name: 'last', region_id: regionId, ...hardware });
    await post('/v1/maintenance-windows', {
      host_id: last.id,
      ends_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const before = (await gateway.events()).length;
    const refused = await gateway.root.delete(`/v1/regions/${regionId}?cascade=true`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('last is under')]);
    expect(await gateway.events()).toHaveLength(before);
  });
});

describe('removing a cloud with all that is in it', () => {
  const hour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('takes its regions one after the other, and itself last', async () => {
    const { cloudId, regionId, paths, hostId } = await fleet();
    const second = await post('/v1/regions', { name: 'second', cloud_id: cloudId, variables: { b: 1 } });
    const retired = await post('/v1/hosts', { name: 'old', region_id: second.id, ...hardware });
    await gateway.root.post(`/v1/hosts/${retired.id}/retire`, {});
    const refused = await gateway.root.delete(`/v1/clouds/${cloudId}`);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      '2 things still hang on the cloud: region region, region second',
    ]);
    const then = (await gateway.root.get(paths.region)).headers['craton-cursor'];
    const before = (await gateway.events()).length;
    expect((await gateway.root.delete(`/v1/clouds/${cloudId}?cascade=true`)).status).toBe(204);
    const gone = [...Object.values(paths), `/v1/clouds/${cloudId}`, `/v1/hosts/${retired.id}`];
    for (const path of gone) {
      expect([path, await status(path)]).toEqual([path, 404]);
      expect(await status(`${path}?as_of=${then}`)).toBe(200);
    }
    const written = (await gateway.events()).slice(before);
    expect(written.slice(-4).map(({ type }) => type)).toEqual([
      'RegionRemoved',
      'RegionRemoved',
      'CloudClosed',
      'CloudRemoved',
    ]);
    expect(written.filter(({ stream }) => stream === `region-${regionId}`)).toHaveLength(6);
    expect((await gateway.root.get(`/v1/hosts/${hostId}/variables`)).status).toBe(404);
  });

  it('is refused as a whole when a device of one region is under maintenance', async () => {
    const { cloudId, paths } = await fleet();
    const second = await post('/v1/regions', { name: 'second', cloud_id: cloudId });
    const busy = await post('/v1/hosts', { name: 'busy', region_id: second.id, ...hardware });
    const window = await post('/v1/maintenance-windows', { host_id: busy.id, ends_at: hour() });
    const before = (await gateway.events()).length;
    const refused = await gateway.root.delete(`/v1/clouds/${cloudId}?cascade=true`);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      `busy is under maintenance window ${window.id}`,
    ]);
    expect(await gateway.events()).toHaveLength(before);
    expect(await status(paths.port)).toBe(200);
  });

  it('takes regions that have more in them than one append holds', async () => {
    const { cloudId, paths } = await fleet();
    const second = await post('/v1/regions', { name: 'second', cloud_id: cloudId });
    await many(1200, { region_id: second.id });
    expect((await gateway.root.delete(`/v1/clouds/${cloudId}?cascade=true`)).status).toBe(204);
    expect(await status(paths.port)).toBe(404);
    expect((await gateway.root.get(`/v1/hosts?region_id=${second.id}`)).body.hosts).toEqual([]);
  });

  it('holds to the revision that it is based on, and happens once under one key', async () => {
    const { cloudId } = await fleet();
    const path = `/v1/clouds/${cloudId}`;
    const etag = (await gateway.root.get(path)).headers['etag'] ?? '';
    await gateway.root.put(path, { note: 'n' });
    expect((await gateway.root.delete(`${path}?cascade=true`, { 'if-match': etag })).status).toBe(412);
    const again = (await gateway.root.get(path)).headers['etag'] ?? '';
    const headers = { 'if-match': again, 'idempotency-key': `remove-${cloudId}` };
    expect((await gateway.root.delete(`${path}?cascade=true`, headers)).status).toBe(204);
    const before = (await gateway.events()).length;
    expect((await gateway.root.delete(`${path}?cascade=true`, headers)).status).toBe(204);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('can be done for all clouds of a project', async () => {
    const project = await post('/v1/projects', { name: 'short-lived' });
    const owner = await post('/v1/users', { username: 'o', project_id: project.id, roles: ['admin'] });
    const own = gateway.as(owner.api_key);
    const { regionId, cloudId } = await newRegion(own);
    const host = await made(own.post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware }));
    const path = `/v1/projects/${project.id}`;
    const refused = await gateway.root.delete(path);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringMatching(/^2 things.*: cloud .*, user o$/),
    ]);
    expect((await gateway.root.delete(`${path}?cascade=true`)).status).toBe(204);
    const gone = [path, `/v1/clouds/${cloudId}`, `/v1/regions/${regionId}`, `/v1/hosts/${host.body.id}`];
    for (const one of gone) expect([one, await status(one)]).toEqual([one, 404]);
    expect((await own.get('/v1/hosts')).status).toBe(401);
  });
});
