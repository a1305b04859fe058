import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const bad = {
  member: 'ntp.1',
  message: expect.stringMatching(/^must be string \(schema of \w+ [0-9a-f-]{36}\)$/),
};
const servers = { type: 'array', items: { type: 'string' } };

let gateway: Gateway;
let region: string;
let host: string;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());
beforeEach(async () => {
  const { regionId } = await newRegion(gateway.root);
  region = `/v1/regions/${regionId}`;
  const body = { name: 'host', region_id: regionId, ...hardware };
  host = `/v1/hosts/${(await made(gateway.root.post('/v1/hosts', body))).body.id}`;
});

const attach = (path: string, schemas: unknown, client: Client = gateway.root, headers = {}) =>
  client.put(`${path}/variable-schemas`, schemas, headers);
const detach = (path: string, keys: unknown, client: Client = gateway.root) =>
  client.ask('DELETE', `${path}/variable-schemas`, keys);
const set = (path: string, values: object) => gateway.root.put(`${path}/variables`, values);
const get = async (path: string) => (await gateway.root.get(path)).body;
const count = async () => (await gateway.events()).length;
const project = () => `/v1/projects/${gateway.credentials?.project_id}`;
const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

describe('a schema for a variable', () => {
  it('is attached, shown with who did it and why, and detached', async () => {
    const answer = await attach(region, { ntp: servers }, gateway.root, { 'x-craton-reason': 'typos' });
    const shown = {
      schema: servers,
      owner: { kind: 'region', id: idOf(region), name: 'region' },
      event_id: expect.any(String),
      actor: 'admin',
      changed_at: expect.any(String),
      reason: 'typos',
    };
    expect([answer.status, answer.body]).toEqual([200, { schemas: { ntp: [shown] } }]);
    expect(await get(`${host}/variable-schemas`)).toEqual({ schemas: { ntp: [shown] } });
    expect(await get(`${host}/variable-schemas?resolved-values=false`)).toEqual({ schemas: {} });
    const then = answer.headers['craton-cursor'];
    expect((await detach(region, ['ntp', 'never'])).status).toBe(204);
    expect(await get(`${host}/variable-schemas`)).toEqual({ schemas: {} });
    expect((await get(`${host}/variable-schemas?as_of=${then}`)).schemas).toEqual({ ntp: [shown] });
  });

  it('is attached once, and on the revision that the change is based on', async () => {
    const first = await attach(region, { ntp: servers }, gateway.root, { 'if-match': '"-1"' });
    expect(first.status).toBe(200);
    const before = await count();
    expect((await attach(region, { ntp: { items: { type: 'string' }, type: 'array' } })).status).toBe(200);
    expect(await count()).toBe(before);
    expect((await attach(region, { ntp: {} }, gateway.root, { 'if-match': '"-1"' })).status).toBe(412);
    expect((await gateway.root.get(`${region}/variables`)).headers['etag']).toBe(first.headers['etag']);
  });

  it.each(['region', 'host'] as const)(
    'refuses what does not fit at a %s, and then nothing is written',
    async (where) => {
      await attach(region, { ntp: servers });
      const path = where === 'region' ? region : host;
      const before = await count();
      const refused = await set(path, { good: 1, ntp: ['a', 7] });
      expect([refused.status, refused.body.errors]).toEqual([400, [bad]]);
      expect(refused.body.errors[0].message).toContain(`region ${idOf(region)}`);
      expect(await count()).toBe(before);
      expect((await set(path, { ntp: ['a'], good: 1 })).status).toBe(200);
    },
  );

  it('counts together with all that are above it', async () => {
    const key = `k${Math.random()}`;
    await attach(project(), { [key]: { type: 'string' } });
    await attach(region, { [key]: { minLength: 3 } });
    await attach(host, { [key]: { pattern: '^a' } });
    const wrong = async (value: unknown) => (await set(host, { [key]: value })).body.errors?.length ?? 0;
    expect([await wrong('abc'), await wrong('bcd'), await wrong('b'), await wrong(7)]).toEqual([0, 1, 2, 1]);
    expect((await set(project(), { [key]: 'x' })).status).toBe(200);
    await gateway.root.ask('DELETE', `${project()}/variables`, [key]);
    await detach(project(), [key]);
  });

  it('refuses what something new brings with it, of every kind', async () => {
    const { body: its } = await gateway.root.get(region);
    await attach(region, { ntp: servers });
    await attach(`/v1/clouds/${its.cloud_id}`, { ntp: servers });
    const cell = (await made(gateway.root.post('/v1/cells', { name: 'c', region_id: its.id }))).body.id;
    await attach(`/v1/cells/${cell}`, { rack: { type: 'integer' } });
    await attach(host, { slot: { type: 'integer' } });
    const place = { region_id: its.id, variables: { ntp: ['a', 7] } };
    const device = { ...place, ...hardware };
    const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
    const port = { device_id: idOf(host), interface_type: 'ethernet', ip_address: '10.0.0.9' };
    const before = await count();
    for (const [collection, body] of [
      ['regions', { cloud_id: its.cloud_id, variables: place.variables }],
      ['cells', place],
      ['hosts', device],
      ['network-devices', device],
      ['containers', device],
      ['networks', { ...place, ...range }],
      ['network-interfaces', { ...port, variables: place.variables }],
    ] as const) {
      const refused = await gateway.root.post(`/v1/${collection}`, { name: 'new', ...body });
      expect([collection, refused.status, refused.body.errors[0]]).toEqual([collection, 400, bad]);
    }
    const child = { ...device, name: 'child', cell_id: cell, parent_id: idOf(host) };
    const refused = await gateway.root.post('/v1/hosts', { ...child, variables: { rack: 'r', slot: 's' } });
    expect(refused.body.errors.map(({ member }: { member: string }) => member)).toEqual(['slot', 'rack']);
    expect(await count()).toBe(before);
    const good = { ...child, variables: { rack: 1, slot: 2, ntp: [] } };
    expect((await gateway.root.post('/v1/hosts', good)).status).toBe(201);
  });

  it('tells which values were there before it, or come from above it', async () => {
    await set(region, { ntp: 'text', dns: 1 });
    await set(host, { port: 'x', ok: 1 });
    await attach(host, { ntp: servers, port: { type: 'integer' }, ok: { type: 'integer' } });
    const owner = { kind: 'host', id: idOf(host), name: 'host' };
    const violations = [
      { key: 'ntp', member: '', message: 'must be array', schema_owner: owner },
      { key: 'port', member: '', message: 'must be integer', schema_owner: owner },
    ];
    const checked = await get(`${host}/variables?check=true`);
    expect(checked).toEqual({ variables: { dns: 1, ntp: 'text', ok: 1, port: 'x' }, violations });
    const explained = await get(`${host}/variables?explain=true`);
    expect(explained.violations).toEqual(violations);
    expect(await get(`${host}/variables`)).not.toHaveProperty('violations');
    expect((await get(`${region}/variables?check=true`)).violations).toEqual([]);
    const own = await get(`${host}/variables?check=true&resolved-values=false`);
    expect(own.violations).toEqual(violations.slice(1));
    await set(region, { far: 1 });
    await set(host, { far: 1 });
    await attach(region, { far: { type: 'string' } });
    const far = await get(`${host}/variables?check=true&resolved-values=false&key=far`);
    expect(far.violations).toMatchObject([{ key: 'far', schema_owner: { kind: 'region' } }]);
  });

  it('does not keep others waiting when there are many, large ones', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
    const large = { type: 'integer', description: 'x'.repeat(15_000) };
    await attach(region, Object.fromEntries(keys.map((key) => [key, large])));
    const all = Object.fromEntries(keys.map((key) => [key, 1]));
    const refused = await set(host, all);
    expect([refused.status, refused.body.errors[0].message]).toEqual([400, expect.stringContaining('fewer')]);
    for (const key of keys) expect((await set(host, { [key]: 1 })).status).toBe(200);
    expect((await gateway.root.get(`${host}/variables?check=true`)).status).toBe(400);
    expect((await get(`${host}/variables?check=true&key=k1`)).violations).toEqual([]);
    const steps = { allOf: Array.from({ length: 300 }, () => true) };
    await attach(region, { s1: steps, s2: steps });
    const text = 'x'.repeat(20_000);
    expect((await set(host, { s1: text })).status).toBe(200);
    expect((await set(host, { s1: text, s2: text })).body.errors[0].message).toContain(
      'too much to be checked',
    );
  });

  it.each<[unknown, string]>([
    [{ ntp: { type: 'text' } }, 'ntp.type'],
    [{ ntp: { $ref: 'http://169.254.169.254/latest' } }, 'ntp.$ref'],
    [{ ntp: { pattern: '(?=a)' } }, 'ntp.pattern'],
    [{ ntp: { tpye: 'string' } }, 'ntp.tpye'],
    [{ ntp: true }, ''],
    [{ ntp: null }, ''],
    [{ '': {} }, ''],
    [[], ''],
    ['text', ''],
    [Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, {}])), ''],
  ])('is refused when it is %j', async (schemas, member) => {
    const before = await count();
    const refused = await attach(region, JSON.stringify(schemas));
    expect([refused.status, refused.body.errors[0].member]).toEqual([400, member]);
    expect(await count()).toBe(before);
  });

  it('is attached by who may write schemas, within their project and their keys', async () => {
    const user = async (more: object) =>
      gateway.as(
        (await made(gateway.root.post('/v1/users', { username: `u${Math.random()}`, ...more }))).body.api_key,
      );
    const [operator, admin, limited, other] = [
      await user({ roles: ['operator'] }),
      await user({ roles: ['admin'] }),
      await user({ roles: ['admin'], variable_prefixes: ['net.'] }),
      await stranger(gateway),
    ];
    const status = async (client: Client) => (await attach(region, { ntp: {} }, client)).status;
    expect([await status(operator), await status(limited), await status(other), await status(admin)]).toEqual(
      [403, 403, 404, 200],
    );
    expect((await detach(region, ['ntp'], limited)).status).toBe(403);
    expect((await attach(region, { 'net.mtu': {} }, limited)).status).toBe(200);
    expect((await operator.get(`${host}/variable-schemas`)).status).toBe(200);
  });

  it('goes with its owner', async () => {
    await attach(host, { ntp: servers });
    expect((await gateway.root.delete(host)).status).toBe(204);
    expect((await gateway.root.get(`${host}/variable-schemas`)).status).toBe(404);
    expect((await attach(host, { ntp: servers })).status).toBe(404);
  });
});
