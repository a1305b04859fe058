import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';

describe('a project', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const member = async (user: object): Promise<Client> =>
    gateway.as((await made(gateway.root.post('/v1/users', user))).body.api_key);

  it('is renamed by root alone, from the revision that is known', async () => {
    const admin = await member({ username: 'manager', is_admin: true });
    const { body, headers } = await gateway.root.post('/v1/projects', {
      name: 'before',
      variables: { a: 1 },
    });
    const path = `/v1/projects/${body.id}`;
    const own = `/v1/projects/${gateway.credentials?.project_id}`;
    expect((await admin.put(own, { name: 'mine' })).status).toBe(403);
    const first = { 'if-match': headers['etag'] ?? '' };
    const renamed = await gateway.root.put(path, { name: 'after' }, first);
    expect([renamed.status, renamed.body]).toEqual([
      200,
      { id: body.id, name: 'after', created_at: body.created_at, updated_at: expect.any(String) },
    ]);
    expect((await gateway.root.put(path, { name: 'late' }, first)).status).toBe(412);
    expect((await gateway.root.delete(path, first)).status).toBe(412);
    const unchanged = await gateway.root.put(path, {}, { 'if-match': renamed.headers['etag'] ?? '' });
    expect([unchanged.status, unchanged.body]).toEqual([200, renamed.body]);
    for (const change of [
      { name: '' },
      { name: '  ' },
      { name: '\u00a0\u3000' },
      { name: null },
      { name: 1 },
      { colour: 'red' },
    ])
      expect([change, (await gateway.root.put(path, change)).status]).toEqual([change, 400]);
    expect((await gateway.root.get(path)).body).toMatchObject({ name: 'after', variables: { a: 1 } });
    const then = await gateway.root.get(`${path}?as_of=${headers['craton-cursor']}`);
    expect(then.body.name).toBe('before');
    const { history } = (await gateway.root.get(`${path}/history`)).body;
    expect(history.at(-1)).toMatchObject({
      type: 'ProjectRenamed',
      before: { name: 'before' },
      after: { name: 'after' },
    });
    const gone = '/v1/projects/0197b3a0-0000-7000-8000-000000000000';
    expect((await gateway.root.put(gone, { name: 'x' })).status).toBe(404);
  });

  it('is removed with its users only when it is said so', async () => {
    const { body: tenant } = await gateway.root.post('/v1/projects', { name: 'staffed' });
    const theirs = await member({ username: 'clerk', project_id: tenant.id });
    const path = `/v1/projects/${tenant.id}`;
    const refused = await gateway.root.delete(path);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      '1 thing still hangs on the project: user clerk',
    ]);
    expect((await theirs.get('/v1/hosts')).status).toBe(200);
    expect((await gateway.root.delete(`${path}?cascade=true`)).status).toBe(204);
    expect((await theirs.get('/v1/hosts')).status).toBe(401);
  });
});
