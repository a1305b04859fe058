import { type Gateway, startGateway } from '#test/support/gateway.js';

describe('a cloud over REST', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const registered = async (name: string, more: object = {}) => {
    const answer = await gateway.root.post('/v1/clouds', { name, ...more });
    expect(answer.status).toBe(201);
    return answer;
  };

  it('is registered, and can be read at once where Location says', async () => {
    const { body, headers } = await registered('east', { note: 'first', variables: { dns: ['10.0.0.1'] } });
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project_id: gateway.credentials?.project_id,
      name: 'east',
      note: 'first',
      variables: { dns: ['10.0.0.1'] },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: null,
    });
    expect(headers['location']).toBe(`http://localhost:80/v1/clouds/${body.id}`);
    const read = await gateway.root.get(`/v1/clouds/${body.id}`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(body);
    expect(read.headers['etag']).toBe(headers['etag']);
  });

  it('needs no note and no variables', async () => {
    const { body } = await registered('bare');
    expect(body).toMatchObject({ note: null, variables: {} });
  });

  it('has a name of its own in its project', async () => {
    await registered('unique');
    const again = await gateway.root.post('/v1/clouds', { name: 'unique' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({
      type: '/problems/already-exists',
      status: 409,
      instance: '/v1/clouds',
    });
  });

  it('changes what a PUT names, and only that', async () => {
    const { body: cloud, headers: before } = await registered('before', { note: 'kept' });
    const { status, body, headers } = await gateway.root.put(`/v1/clouds/${cloud.id}`, { name: 'after' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: cloud.id, name: 'after', note: 'kept' });
    expect(body.updated_at).not.toBeNull();
    expect(body).not.toHaveProperty('variables');
    expect(headers['etag']).not.toBe(before['etag']);
    expect((await gateway.root.put(`/v1/clouds/${cloud.id}`, { note: null })).body.note).toBeNull();
  });

  it('is changed without an event when nothing changes', async () => {
    const { body: cloud, headers } = await registered('still');
    const before = (await gateway.events()).length;
    const answer = await gateway.root.put(`/v1/clouds/${cloud.id}`, { name: 'still' });
    expect(answer.status).toBe(200);
    expect(answer.headers['etag']).toBe(headers['etag']);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('is removed, and is then not there', async () => {
    const { body: cloud } = await registered('gone');
    const removed = await gateway.root.delete(`/v1/clouds/${cloud.id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await gateway.root.get(`/v1/clouds/${cloud.id}`)).status).toBe(404);
    expect((await gateway.root.delete(`/v1/clouds/${cloud.id}`)).status).toBe(404);
    expect((await registered('gone')).body.id).not.toBe(cloud.id);
  });

  it('is not changed on the basis of an old revision', async () => {
    const { body: cloud, headers } = await registered('guarded');
    const path = `/v1/clouds/${cloud.id}`;
    const changed = await gateway.root.put(path, { note: 'one' }, { 'if-match': headers['etag'] ?? '' });
    expect(changed.status).toBe(200);
    const stale = { 'if-match': headers['etag'] ?? '' };
    expect((await gateway.root.put(path, { note: 'two' }, stale)).status).toBe(412);
    expect((await gateway.root.delete(path, stale)).status).toBe(412);
    expect((await gateway.root.put(path, { note: 'two' }, { 'if-match': '*' })).status).toBe(200);
    expect((await gateway.root.put(path, { note: 'x' }, { 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await gateway.root.put(path, { note: 'x' }, { 'if-match': 'nonsense' })).status).toBe(400);
    expect((await gateway.root.put(path, { note: 'x' }, { 'if-match': '"of-others"' })).status).toBe(412);
    const { etag: current = '' } = (await gateway.root.get(path)).headers;
    const either = await gateway.root.put(path, { note: 'three' }, { 'if-match': `"999", ${current}` });
    expect(either.status).toBe(200);
    const neither = await gateway.root.put(path, { note: 'y' }, { 'if-match': `"999", ${current}` });
    expect([neither.status, neither.body.detail]).toEqual([412, expect.stringContaining('revision 999 or ')]);
    expect((await gateway.root.post('/v1/clouds', { name: 'n' }, { 'if-match': '*' })).status).toBe(412);
    expect((await gateway.root.get(path)).body.note).toBe('three');
  });

  it('carries into its events who did it, why, and under which global request', async () => {
    const global = 'req-0b0a5e3c-90ff-4d6e-8f4b-0d5a2f9c1a11';
    const { headers } = await gateway.root.post(
      '/v1/clouds',
      { name: 'traced' },
      { 'x-openstack-request-id': global, 'x-craton-reason': 'r%C3%A9paration' },
    );
    const event = (await gateway.events()).find(({ data }) => data['name'] === 'traced');
    expect(event?.metadata).toMatchObject({
      actor: { username: 'admin', projectId: gateway.credentials?.project_id },
      projectId: gateway.credentials?.project_id,
      correlationId: global.slice(4),
      causationId: headers['x-openstack-request-id']?.slice(4),
      reason: 'réparation',
    });
    expect(headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
    expect(headers['x-openstack-request-id']).not.toBe(global);
  });
});

describe('a list of clouds over REST', () => {
  let gateway: Gateway;
  const names = Array.from({ length: 7 }, (_, index) => `cloud-${index}`);
  beforeAll(async () => {
    gateway = await startGateway();
    for (const name of names) await gateway.root.post('/v1/clouds', { name, variables: { name } });
  });
  afterAll(() => gateway.close());

  const namesOf = (body: { clouds: { name: string }[] }) => body.clouds.map(({ name }) => name);

  it('shows every cloud in the order of registration', async () => {
    const { body } = await gateway.root.get('/v1/clouds');
    expect(namesOf(body)).toEqual(names);
    expect(body.clouds[0]).not.toHaveProperty('variables');
    expect(body.links).toEqual([
      { rel: 'first', href: 'http://localhost:80/v1/clouds?limit=30' },
      { rel: 'self', href: 'http://localhost:80/v1/clouds?limit=30' },
    ]);
  });

  it('comes in pages that lead to each other and keep the filters', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/v1/clouds?limit=3&details=true';
    while (next !== undefined) {
      const { body } = await gateway.root.get(next.replace('http://localhost:80', ''));
      seen.push(...namesOf(body));
      expect(body.clouds[0].variables).toEqual({ name: body.clouds[0].name });
      next = (body.links as { rel: string; href: string }[]).find(({ rel }) => rel === 'next')?.href;
    }
    expect(seen).toEqual(names);
  });

  it('is narrowed by name and by id', async () => {
    const { body } = await gateway.root.get('/v1/clouds?name=cloud-3');
    expect(namesOf(body)).toEqual(['cloud-3']);
    expect(namesOf((await gateway.root.get(`/v1/clouds?id=${body.clouds[0].id}`)).body)).toEqual(['cloud-3']);
    expect((await gateway.root.get('/v1/clouds?name=nobody')).body.clouds).toEqual([]);
  });

  it('is empty after the last marker', async () => {
    const { body } = await gateway.root.get('/v1/clouds?marker=ffffffff-ffff-ffff-ffff-ffffffffffff');
    expect(body.clouds).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=ten',
    'page=2',
    'limit=1&limit=2',
    'id=7',
    'details=perhaps',
    'sort_keys=note',
    'sort_keys=name,note',
    'sort_dir=up',
    'marker=7',
    'fields=',
    'fields=id,nothing',
    'fields=id,variables',
  ])('is refused with %s', async (query) => {
    const { status, body } = await gateway.root.get(`/v1/clouds?${query}`);
    expect(status).toBe(400);
    expect(body.errors[0].member).toBe(query.split('=')[0]);
  });
});

describe('the past of a cloud', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  it('is read as of a cursor or a time', async () => {
    const start = new Date().toISOString();
    const first = await gateway.root.post('/v1/clouds', { name: 'old name', variables: { a: 1 } });
    const path = `/v1/clouds/${first.body.id}`;
    await gateway.root.put(path, { name: 'new name' });
    const then = await gateway.root.get(`${path}?as_of=${first.headers['craton-cursor']}`);
    expect(then.body).toEqual(first.body);
    expect(then.headers['craton-cursor']).toBe(first.headers['craton-cursor']);
    expect(then.headers['etag']).toBe(first.headers['etag']);
    const list = await gateway.root.get(`/v1/clouds?as_of=${first.headers['craton-cursor']}`);
    expect(list.body.clouds[0].name).toBe('old name');
    await gateway.root.delete(path);
    const known = await gateway.root.get(`${path}?as_of=${new Date().toISOString()}`);
    expect(known.status).toBe(404);
    expect((await gateway.root.get(`/v1/clouds?as_of=${start}`)).body.clouds).toEqual([]);
    expect((await gateway.root.get('/v1/clouds?as_of=2001-01-01T00:00:00Z')).body.clouds).toEqual([]);
  });

  it.each(['2101-01-01T00:00:00Z', 'yesterday', '', 'zzzz', '%00', '9'.repeat(40), '1&as_of=2'])(
    'is refused as of %s',
    async (asOf) => {
      const { status, body } = await gateway.root.get(`/v1/clouds?as_of=${asOf}`);
      expect(status).toBe(400);
      expect(body.errors[0].member).toBe('as_of');
    },
  );

  it('cannot be changed', async () => {
    const { body } = await gateway.root.post('/v1/clouds', { name: 'now' });
    const answer = await gateway.root.put(`/v1/clouds/${body.id}?as_of=${new Date().toISOString()}`, {
      note: 'x',
    });
    expect(answer.status).toBe(400);
  });
});
