import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const nobody = '018f2c5e-0000-7000-8000-000000000000';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const { post, get, put, remove } = {
  post: async (path: string, body: object) => (await made(gateway.root.post(path, body))).body,
  get: async (path: string) => (await gateway.root.get(path)).body,
  put: (path: string, body: object, headers = {}) => gateway.root.put(path, body, headers),
  remove: (path: string, headers = {}) => gateway.root.delete(path, headers),
};
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('a host over REST', () => {
  it('is registered in a region and shows where it belongs', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const body = { name: 'h', region_id: regionId, ...hardware };
    const answer = await made(gateway.root.post('/v1/hosts', { ...body, variables: { a: [1, null] } }));
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
      labels: [],
      links: [{ rel: 'up', href: `http://localhost:80/v1/regions/${regionId}` }],
      variables: { a: [1, null] },
      created_at: instant,
      updated_at: null,
    });
    const read = await gateway.root.get(`/v1/hosts/${answer.body.id}`);
    expect(read.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(read.headers['etag']).toBe(answer.headers['etag']);
    expect(read.body).toEqual(answer.body);
    expect((await gateway.root.ask('HEAD', `/v1/hosts/${answer.body.id}`)).status).toBe(200);
  });

  it('leads up to its parent, else to its cell, else to its region', async () => {
    const { regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    const parent = await post('/v1/hosts', { name: 'p', region_id: regionId, cell_id: cell.id, ...hardware });
    expect(parent.links[0].href).toBe(`http://localhost:80/v1/cells/${cell.id}`);
    const child = await post('/v1/hosts', {
      name: 'k',
      region_id: regionId,
      cell_id: cell.id,
      parent_id: parent.id,
      ...hardware,
    });
    expect(child.links[0].href).toBe(`http://localhost:80/v1/hosts/${parent.id}`);
    const freed = await put(`/v1/hosts/${child.id}`, { parent_id: null, cell_id: null });
    expect(freed.body).toMatchObject({ parent_id: null, cell_id: null });
    expect(freed.body.links[0].href).toBe(`http://localhost:80/v1/regions/${regionId}`);
  });

  it('has a name of its own among those in service', async () => {
    const { regionId } = await newRegion(gateway.root);
    const body = { name: 'h', region_id: regionId, ...hardware };
    const { id } = await post('/v1/hosts', body);
    expect((await gateway.root.post('/v1/hosts', body)).status).toBe(409);
    const retired = await gateway.root.post(`/v1/hosts/${id}/retire`, undefined);
    expect([retired.status, retired.body.retired_at]).toEqual([200, instant]);
    expect((await gateway.root.post(`/v1/hosts/${id}/retire`, undefined)).status).toBe(200);
    expect((await put(`/v1/hosts/${id}`, { note: 'n' })).status).toBe(409);
    expect((await post('/v1/hosts', body)).id).not.toBe(id);
    expect((await get(`/v1/hosts/${id}`)).retired_at).toEqual(instant);
  });

  it('changes what a PUT names, on the revision that it is based on', async () => {
    const { regionId } = await newRegion(gateway.root);
    const { id } = await post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware });
    const etag = (await gateway.root.get(`/v1/hosts/${id}`)).headers['etag'] ?? '';
    await post('/v1/hosts', { name: 'neighbour', region_id: regionId, ...hardware });
    const change = { name: 'i', ip_address: '2001:db8::1', device_type: 'blade', active: false, note: 'n' };
    const changed = await put(`/v1/hosts/${id}`, change, { 'if-match': etag });
    expect([changed.status, changed.body]).toEqual([200, expect.objectContaining(change)]);
    expect((await put(`/v1/hosts/${id}`, { note: 'late' }, { 'if-match': etag })).status).toBe(412);
    const before = (await gateway.events()).length;
    expect((await put(`/v1/hosts/${id}`, change)).headers['etag']).toBe(changed.headers['etag']);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('is neither its own ancestor nor without its children', async () => {
    const { regionId } = await newRegion(gateway.root);
    const parent = await post('/v1/hosts', { name: 'p', region_id: regionId, ...hardware });
    const child = await post('/v1/hosts', {
      name: 'k',
      region_id: regionId,
      parent_id: parent.id,
      ...hardware,
    });
    expect((await put(`/v1/hosts/${parent.id}`, { parent_id: child.id })).status).toBe(409);
    expect((await put(`/v1/hosts/${parent.id}`, { parent_id: parent.id })).status).toBe(409);
    const refused = await remove(`/v1/hosts/${parent.id}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('host k')]);
    expect((await gateway.root.post(`/v1/hosts/${parent.id}/retire`, undefined)).status).toBe(409);
    expect((await remove(`/v1/hosts/${child.id}`)).status).toBe(204);
    expect((await remove(`/v1/hosts/${parent.id}`)).status).toBe(204);
    expect((await gateway.root.get(`/v1/hosts/${parent.id}`)).status).toBe(404);
  });

  it('is found by everything that a list is narrowed by', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    const of = (name: string, more: object = {}) =>
      post('/v1/hosts', { name, region_id: regionId, ...hardware, ...more });
    const a = await of('a', { cell_id: cell.id, ip_address: '10.9.9.9' });
    await of('b', { parent_id: a.id, device_type: 'container', active: false });
    const c = await of('c', { variables: { own: 1 } });
    await put(`/v1/regions/${regionId}/variables`, { inherited: 2 });
    await gateway.root.post(`/v1/hosts/${c.id}/retire`, undefined);
    const listed = async (query: string) => names((await get(`/v1/hosts?${query}`)).hosts);
    expect(await listed(`region_id=${regionId}`)).toEqual(['a', 'b']);
    expect(await listed(`cloud_id=${cloudId}&retired=true`)).toEqual(['c']);
    expect(await listed(`cell_id=${cell.id}`)).toEqual(['a']);
    expect(await listed(`parent_id=${a.id}`)).toEqual(['b']);
    expect(await listed(`region_id=${regionId}&active=false`)).toEqual(['b']);
    expect(await listed(`region_id=${regionId}&device_type=container`)).toEqual(['b']);
    expect(await listed('ip_address=10.9.9.9')).toEqual(['a']);
    expect(await listed(`id=${a.id}&name=b`)).toEqual([]);
    const { hosts } = await get(`/v1/hosts?region_id=${regionId}&retired=true&details=true`);
    expect(hosts[0].variables).toEqual({ own: 1, inherited: 2 });
    expect(hosts[0].links[0].rel).toBe('up');
    const own = await get(`/v1/hosts?region_id=${regionId}&details=true&resolved-values=false`);
    expect(own.hosts.map(({ variables }: { variables: object }) => variables)).toEqual([{}, {}]);
  });

  it('is registered once under one Idempotency-Key, variables included', async () => {
    const { regionId } = await newRegion(gateway.root);
    const body = { name: 'once', region_id: regionId, ...hardware, variables: { a: 1 } };
    const key = { 'idempotency-key': 'register-once' };
    const first = await gateway.root.post('/v1/hosts', body, key);
    await put(`/v1/hosts/${first.body.id}`, { note: 'later' });
    const again = await gateway.root.post('/v1/hosts', body, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await gateway.root.post('/v1/hosts', { ...body, name: 'x' }, key)).status).toBe(422);
  });

  it('is seen as it was', async () => {
    const { regionId } = await newRegion(gateway.root);
    await put(`/v1/regions/${regionId}/variables`, { a: 'old' });
    const made1 = await gateway.root.post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware });
    const then = made1.headers['craton-cursor'];
    await put(`/v1/hosts/${made1.body.id}`, { name: 'i' });
    await put(`/v1/regions/${regionId}/variables`, { a: 'new' });
    expect(await get(`/v1/hosts/${made1.body.id}?as_of=${then}`)).toMatchObject({
      name: 'h',
      variables: { a: 'old' },
    });
    expect(names((await get(`/v1/hosts?region_id=${regionId}&as_of=${then}`)).hosts)).toEqual(['h']);
  });
});

describe('a malformed host', () => {
  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ ip_address: '10.0.0' }, 'ip_address'],
    [{ ip_address: 'fe80::1%eth0' }, 'ip_address'],
    [{ ip_address: 7 }, 'ip_address'],
    [{ device_type: null }, 'device_type'],
    [{ active: 'yes' }, 'active'],
    [{ region_id: 'north' }, 'region_id'],
    [{ cell_id: 4 }, 'cell_id'],
    [{ note: 4 }, 'note'],
    [{ variables: [] }, 'variables'],
    [{ variables: { '': 1 } }, 'variables'],
    [{ id: nobody }, 'id'],
    [{ project_id: nobody }, 'project_id'],
  ])('such as %j is refused by the name of its member', async (wrong, member) => {
    const answer = await gateway.root.post('/v1/hosts', {
      name: 'h',
      region_id: nobody,
      ...hardware,
      ...wrong,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].member).toBe(member);
  });

  it('is refused by lists and single reads for queries that mean nothing', async () => {
    for (const query of ['active=perhaps', 'ip_address=x', 'retired=2', 'cell_id=null', 'vlan=3']) {
      const { status, body } = await gateway.root.get(`/v1/hosts?${query}`);
      expect([status, body.errors[0].member]).toEqual([400, query.split('=')[0]]);
    }
    expect((await gateway.root.get(`/v1/hosts/${nobody}?details=true`)).status).toBe(400);
    expect((await gateway.root.get('/v1/hosts/7')).status).toBe(404);
  });
});
