import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';

interface Member {
  readonly id: string;
  readonly key: string;
  readonly client: Client;
}

const added = async (gateway: Gateway, by: Client, user: object): Promise<Member> => {
  const { status, body } = await by.post('/v1/users', user);
  expect(status).toBe(201);
  return { id: body.id, key: body.api_key, client: gateway.as(body.api_key) };
};

describe('who may use the API', () => {
  let gateway: Gateway;
  let project: string;
  let token: string;
  beforeAll(async () => {
    gateway = await startGateway();
    project = gateway.credentials?.project_id ?? '';
    token = gateway.credentials?.api_key ?? '';
  });
  afterAll(() => gateway.close());

  const anyone = () => gateway.as(undefined);

  it.each([
    ['no key', {}],
    ['an empty key', { 'x-auth-token': '' }],
    ['an unknown key', { 'x-auth-token': `${'0'.repeat(32)}.${'x'.repeat(43)}` }],
    ['a key of any form', { authorization: 'Bearer something' }],
    ['an endless key', { 'x-auth-token': 'x'.repeat(5000) }],
    ['another scheme', { authorization: 'Basic YTpi' }],
  ])('is not somebody with %s', async (_, headers) => {
    const { status, headers: answered, body } = await anyone().get('/v1/clouds', headers);
    expect([status, body.type]).toEqual([401, '/problems/unauthenticated']);
    expect(answered['www-authenticate']).toBe('Bearer realm="craton"');
  });

  it('is not somebody with the right key id and the wrong secret', async () => {
    expect((await gateway.as(`${token.slice(0, -1)}!`).get('/v1/clouds')).status).toBe(401);
    const other = token.endsWith('A') ? 'B' : 'A';
    expect((await gateway.as(token.slice(0, -1) + other).get('/v1/clouds')).status).toBe(401);
  });

  it('is somebody with a key, as X-Auth-Token or as Bearer', async () => {
    expect((await anyone().get('/v1/clouds', { 'x-auth-token': token })).status).toBe(200);
    expect((await anyone().get('/v1/clouds', { authorization: `Bearer ${token}` })).status).toBe(200);
    const both = { 'x-auth-token': token, authorization: 'Bearer other' };
    expect((await anyone().get('/v1/clouds', both)).status).toBe(401);
  });

  it("may name the key's user and project, and then rightly", async () => {
    const asked = async (headers: Record<string, string>) =>
      (await gateway.root.get('/v1/clouds', headers)).status;
    expect(await asked({ 'x-auth-user': 'admin', 'x-auth-project': project })).toBe(200);
    expect(await asked({ 'x-auth-project': project.replaceAll('-', '') })).toBe(200);
    expect(await asked({ 'x-auth-project': project.toUpperCase() })).toBe(200);
    expect(await asked({ 'x-auth-user': 'somebody' })).toBe(401);
    expect(await asked({ 'x-auth-project': 'not a uuid' })).toBe(401);
    expect(await asked({ 'x-auth-project': '0197b3a0-0000-7000-8000-000000000000' })).toBe(401);
  });

  it('needs no key for health and documentation', async () => {
    expect((await anyone().get('/health/live')).body).toEqual({ status: 'live' });
    const ready = await anyone().get('/health/ready');
    expect(ready.body).toMatchObject({ status: 'ready', log: { ok: true }, read_models: { ok: true } });
    expect((await anyone().get('/openapi.json')).status).toBe(200);
    expect((await anyone().get('/docs')).headers['content-type']).toMatch(/^text\/html/);
    expect((await anyone().get('/docs/swagger-ui-bundle.js')).status).toBe(200);
  });

  it('is told when a permission is missing', async () => {
    const viewer = await added(gateway, gateway.root, { username: 'viewer', roles: ['viewer'] });
    expect((await viewer.client.get('/v1/clouds')).status).toBe(200);
    const refused = await viewer.client.post('/v1/clouds', { name: 'mine' });
    expect([refused.status, refused.body.type]).toEqual([403, '/problems/forbidden']);
    expect((await viewer.client.get('/v1/users')).status).toBe(403);
  });

  it('is an operator by default and an admin on request', async () => {
    const { body: operator } = await gateway.root.post('/v1/users', { username: 'olga' });
    expect(operator).toMatchObject({
      username: 'olga',
      is_admin: false,
      roles: ['operator'],
      project_id: project,
    });
    const { body: admin } = await gateway.root.post('/v1/users', { username: 'anna', is_admin: true });
    expect(admin).toMatchObject({ is_admin: true, roles: ['admin'] });
    expect((await gateway.root.get(`/v1/users/${admin.id}`)).body).not.toHaveProperty('api_key');
    expect((await gateway.root.post('/v1/users', { username: 'anna' })).status).toBe(409);
  });

  it('does not give out roles that reach further than their own', async () => {
    const admin = await added(gateway, gateway.root, { username: 'chief', is_admin: true });
    for (const role of ['root', 'auditor']) {
      const { status } = await admin.client.post('/v1/users', { username: `new-${role}`, roles: [role] });
      expect(status).toBe(403);
    }
    const root = gateway.credentials?.user_id;
    expect((await admin.client.post(`/v1/users/${root}/api-keys`, { name: 'mine now' })).status).toBe(403);
    expect((await admin.client.delete(`/v1/users/${root}`)).status).toBe(403);
  });

  it('is nobody from the moment that the key is revoked', async () => {
    const user = await added(gateway, gateway.root, { username: 'leaver' });
    const second = await user.client.post(`/v1/users/${user.id}/api-keys`, { name: 'second' });
    expect(second.status).toBe(201);
    const successor = gateway.as(second.body.api_key);
    const { body } = await successor.get(`/v1/users/${user.id}/api-keys`);
    expect(body.api_keys.map(({ name }: { name: string }) => name).toSorted()).toEqual(['first', 'second']);
    expect(JSON.stringify(body)).not.toContain('scrypt');
    const first = body.api_keys.find(({ name }: { name: string }) => name === 'first');
    expect((await user.client.get('/v1/clouds')).status).toBe(200);
    expect((await successor.delete(`/v1/users/${user.id}/api-keys/${first.id}`)).status).toBe(204);
    expect((await user.client.get('/v1/clouds')).status).toBe(401);
    expect((await gateway.root.delete(`/v1/users/${user.id}`)).status).toBe(204);
    expect((await successor.get('/v1/clouds')).status).toBe(401);
  });

  it("manages one's own keys, not those of others", async () => {
    const [one, other] = [
      await added(gateway, gateway.root, { username: 'one' }),
      await added(gateway, gateway.root, { username: 'other' }),
    ];
    expect((await one.client.get(`/v1/users/${one.id}/api-keys`)).status).toBe(200);
    expect((await one.client.get(`/v1/users/${other.id}/api-keys`)).status).toBe(403);
    expect((await one.client.post(`/v1/users/${other.id}/api-keys`, { name: 'x' })).status).toBe(403);
  });

  it('leaves no key and no hash in an answer, and no key in the log', async () => {
    const user = await added(gateway, gateway.root, { username: 'hidden' });
    const events = JSON.stringify(await gateway.events());
    expect(events).not.toContain(user.key);
    expect(events).not.toContain(token);
    expect(JSON.stringify(gateway.lines)).not.toContain(user.key);
  });
});

describe('a project', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  it('is created and removed by root alone', async () => {
    const admin = await added(gateway, gateway.root, { username: 'admin-2', is_admin: true });
    expect((await admin.client.post('/v1/projects', { name: 'x' })).status).toBe(403);
    const { body, headers } = await gateway.root.post('/v1/projects', { name: 'tenant' });
    const path = `/v1/projects/${body.id}`;
    expect((await gateway.root.get(path)).body).toEqual(body);
    // Its variables may be others though its revision is the same.
    expect((await gateway.root.get(path, { 'if-none-match': headers['etag'] ?? '' })).status).toBe(200);
    expect((await gateway.root.delete(path)).status).toBe(204);
    expect((await gateway.root.get(path)).status).toBe(404);
    const own = await gateway.root.delete(`/v1/projects/${gateway.credentials?.project_id}`);
    expect([own.status, own.body.type]).toEqual([409, '/problems/illegal-state']);
  });

  it('sees and touches only its own', async () => {
    const { body: tenant } = await gateway.root.post('/v1/projects', { name: 'tenant' });
    const theirs = await added(gateway, gateway.root, {
      username: 'admin',
      is_admin: true,
      project_id: tenant.id,
    });
    const { body: ours } = await gateway.root.post('/v1/clouds', { name: 'ours' });
    const { body: own } = await theirs.client.post('/v1/clouds', { name: 'ours' });
    const before = (await gateway.events()).length;
    const path = `/v1/clouds/${ours.id}`;
    expect((await theirs.client.get(path)).status).toBe(404);
    expect((await theirs.client.put(path, { name: 'stolen' })).status).toBe(404);
    expect((await theirs.client.delete(path)).status).toBe(404);
    expect((await theirs.client.get(`/v1/users/${gateway.credentials?.user_id}`)).status).toBe(404);
    expect((await theirs.client.get(`/v1/projects/${ours.project_id}`)).status).toBe(404);
    const foreign = { username: 'spy', project_id: ours.project_id };
    expect((await theirs.client.post('/v1/users', foreign)).status).toBe(404);
    expect(await gateway.events()).toHaveLength(before);
    const lists = await Promise.all(
      ['clouds', 'users', 'projects'].map((name) => theirs.client.get(`/v1/${name}`)),
    );
    expect(
      lists.map(({ body }) => [body.clouds, body.users, body.projects].filter(Boolean)[0].length),
    ).toEqual([1, 1, 1]);
    expect((await gateway.root.get(`/v1/clouds/${own.id}`)).status).toBe(200);
    expect((await gateway.root.put(`/v1/clouds/${own.id}`, { note: 'by root' })).status).toBe(200);
  });

  it('is watched by an auditor, who changes nothing', async () => {
    const auditor = await added(gateway, gateway.root, { username: 'auditor', roles: ['auditor'] });
    const { body: tenant } = await gateway.root.post('/v1/projects', { name: 'watched' });
    expect((await auditor.client.get(`/v1/projects/${tenant.id}`)).status).toBe(200);
    expect((await auditor.client.post('/v1/clouds', { name: 'x' })).status).toBe(403);
    expect((await auditor.client.delete(`/v1/projects/${tenant.id}`)).status).toBe(403);
  });
});

describe('the first start', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'craton-first-start-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('makes an administrator whose credentials only the owner can read, and the second start does not', async () => {
    const store = new MemoryEventStore();
    const first = await startGateway({ eventStore: store, dataDir });
    const file = join(dataDir, 'credentials.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(first.credentials);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await first.root.get('/v1/projects')).body.projects).toEqual([
      expect.objectContaining({ name: 'bootstrap', id: first.credentials?.project_id }),
    ]);
    const made = await first.events();
    await first.close();
    const second = await startGateway({ eventStore: store, dataDir });
    expect(second.credentials).toBeUndefined();
    const since = (await second.events()).slice(made.length);
    expect(since.map(({ type }) => type)).toEqual(['ApiKeyUsed']);
    expect((await second.as(first.credentials?.api_key).get('/v1/clouds')).status).toBe(200);
    await second.close();
    await store.close();
  });

  it('takes the key, the project and the user that it is given', async () => {
    const gateway = await startGateway({
      dataDir,
      environment: {
        CRATON_BOOTSTRAP_API_KEY: 'a-key-from-a-secret-store-0123',
        CRATON_BOOTSTRAP_PROJECT_ID: 'b9f10eca-66ac-4c27-9c13-9d01e65f96b4',
        CRATON_BOOTSTRAP_USERNAME: 'bootstrap',
      },
    });
    const headers = { 'x-auth-user': 'bootstrap', 'x-auth-project': 'b9f10eca66ac4c279c139d01e65f96b4' };
    expect((await gateway.as('a-key-from-a-secret-store-0123').get('/v1/clouds', headers)).status).toBe(200);
    await gateway.close();
  });

  it('is finished by the next one when it ended before the log had everything', async () => {
    for (const survived of [0, 1, 2]) {
      const store = new MemoryEventStore();
      const whole = await startGateway({ eventStore: store, dataDir });
      const events = (await whole.events()).slice(0, survived);
      await whole.close();
      await store.close();
      const broken = new MemoryEventStore();
      for (const [index, { id, stream, type, data, metadata }] of events.entries()) {
        const event = { id, type, data, metadata: metadata ?? {} };
        await broken.append(stream, index === 0 ? 'no_stream' : index - 1, [event]);
      }
      await rm(join(dataDir, 'read-models.db'), { force: true });
      const next = await startGateway({ eventStore: broken, dataDir });
      expect(next.credentials).toEqual(whole.credentials);
      expect((await next.root.get('/v1/clouds')).status).toBe(200);
      expect(await next.events()).toHaveLength(3);
      await next.close();
      await broken.close();
    }
  });
});
