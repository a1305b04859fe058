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

const { post, get, put, remove } = {
  post: async (path: string, body: object) => (await made(gateway.root.post(path, body))).body,
  get: async (path: string) => (await gateway.root.get(path)).body,
  put: (path: string, body: object, headers = {}) => gateway.root.put(path, body, headers),
  remove: (path: string, headers = {}) => gateway.root.delete(path, headers),
};
const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('a region over REST', () => {
  it('is registered in a cloud, with variables of its own', async () => {
    const cloud = await post('/v1/clouds', { name: 'alps', variables: { ntp: 'cloud', dns: 'cloud' } });
    const body = { name: 'north', cloud_id: cloud.id, note: 'first', variables: { dns: 'region' } };
    const answer = await made(gateway.root.post('/v1/regions', body));
    expect(answer.body).toEqual({
      ...body,
      id: uuid,
      project_id: gateway.credentials?.project_id,
      created_at: instant,
      updated_at: null,
    });
    expect(answer.headers['location']).toBe(`http://localhost:80/v1/regions/${answer.body.id}`);
    const read = await gateway.root.get(`/v1/regions/${answer.body.id}`);
    expect(read.headers['etag']).toBe(answer.headers['etag']);
    expect(read.body).toEqual({ ...answer.body, variables: { dns: 'region', ntp: 'cloud' } });
    expect((await get(`/v1/regions/${answer.body.id}?resolved-values=false`)).variables).toEqual({
      dns: 'region',
    });
  });

  it('has a name of its own in its cloud', async () => {
    const { cloudId } = await newRegion(gateway.root);
    const again = await gateway.root.post('/v1/regions', { name: 'region', cloud_id: cloudId });
    expect([again.status, again.body.type]).toEqual([409, '/problems/already-exists']);
    await newRegion(gateway.root);
  });

  it('changes what a PUT names, on the revision that it is based on', async () => {
    const { regionId } = await newRegion(gateway.root);
    const path = `/v1/regions/${regionId}`;
    const etag = (await gateway.root.get(path)).headers['etag'] ?? '';
    const changed = await put(path, { name: 'south' }, { 'if-match': etag });
    expect(changed.body).toMatchObject({ name: 'south', note: null, updated_at: instant });
    expect(changed.body).not.toHaveProperty('variables');
    expect((await put(path, { note: 'late' }, { 'if-match': etag })).status).toBe(412);
    expect((await remove(path, { 'if-match': etag })).status).toBe(412);
    expect((await get(path)).note).toBeNull();
  });

  it('is removed when nothing is in it, and until then the refusal names what is', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'rack 1', region_id: regionId });
    const host = await post('/v1/hosts', { name: 'h1', region_id: regionId, ...hardware });
    const refused = await remove(`/v1/regions/${regionId}`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('cell rack 1, host h1');
    const cloud = await remove(`/v1/clouds/${cloudId}`);
    expect(cloud.body.detail).toContain('region region');
    await remove(`/v1/hosts/${host.id}`);
    await remove(`/v1/cells/${cell.id}`);
    expect((await remove(`/v1/regions/${regionId}`)).status).toBe(204);
    expect((await gateway.root.get(`/v1/regions/${regionId}`)).status).toBe(404);
    expect((await remove(`/v1/clouds/${cloudId}`)).status).toBe(204);
  });

  it('is listed by cloud, name and id, with variables when they are asked for', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    await put(`/v1/clouds/${cloudId}/variables`, { a: 1 });
    const second = await post('/v1/regions', { name: 'second', cloud_id: cloudId, variables: { b: 2 } });
    expect(names((await get(`/v1/regions?cloud_id=${cloudId}`)).regions)).toEqual(['region', 'second']);
    expect(names((await get(`/v1/regions?cloud_id=${cloudId}&name=second`)).regions)).toEqual(['second']);
    const { regions, links } = await get(`/v1/regions?cloud_id=${cloudId}&limit=1&details=all`);
    expect(regions).toEqual([expect.objectContaining({ id: regionId, variables: { a: 1 } })]);
    expect(links.map(({ rel }: { rel: string }) => rel)).toEqual(['first', 'self', 'next']);
    const own = await get(`/v1/regions?id=${second.id}&details=true&resolved-values=false`);
    expect(own.regions[0].variables).toEqual({ b: 2 });
    expect((await get(`/v1/regions?id=${second.id}`)).regions[0]).not.toHaveProperty('variables');
  });
});

describe('a cell over REST', () => {
  it('is registered in a region and belongs to its cloud', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    await put(`/v1/regions/${regionId}/variables`, { a: 'region', b: 'region' });
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId, variables: { b: 'cell' } });
    expect(cell).toEqual({
      id: uuid,
      project_id: gateway.credentials?.project_id,
      cloud_id: cloudId,
      region_id: regionId,
      name: 'c',
      note: null,
      variables: { b: 'cell' },
      created_at: instant,
      updated_at: null,
    });
    expect((await get(`/v1/cells/${cell.id}`)).variables).toEqual({ a: 'region', b: 'cell' });
    const same = { name: 'd', region_id: regionId, cloud_id: cloudId };
    expect((await post('/v1/cells', same)).name).toBe('d');
    const other = await gateway.root.post('/v1/cells', { ...same, name: 'e', cloud_id: nobody });
    expect([other.status, other.body.errors[0].member]).toEqual([400, 'cloud_id']);
  });

  it('has a name of its own in its region, and is changed and listed', async () => {
    const { regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    expect((await gateway.root.post('/v1/cells', { name: 'c', region_id: regionId })).status).toBe(409);
    expect((await put(`/v1/cells/${cell.id}`, { name: 'd', note: 'n' })).body).toMatchObject({
      name: 'd',
      note: 'n',
    });
    expect(names((await get(`/v1/cells?region_id=${regionId}`)).cells)).toEqual(['d']);
    expect((await get(`/v1/cells?region_id=${nobody}`)).cells).toEqual([]);
  });

  it('is removed when no host in service is in it', async () => {
    const { regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    const host = await post('/v1/hosts', { name: 'h', region_id: regionId, cell_id: cell.id, ...hardware });
    const refused = await remove(`/v1/cells/${cell.id}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('host h')]);
    await gateway.root.post(`/v1/hosts/${host.id}/retire`, undefined);
    expect((await remove(`/v1/cells/${cell.id}`)).status).toBe(204);
    expect((await remove(`/v1/cells/${cell.id}`)).status).toBe(404);
  });
});

describe('what a body of the inventory refers to', () => {
  it('must exist, be visible, and belong together', async () => {
    const here = await newRegion(gateway.root);
    const there = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: there.regionId });
    const host = await post('/v1/hosts', { name: 'h', region_id: there.regionId, ...hardware });
    const mine = await post('/v1/hosts', { name: 'mine', region_id: here.regionId, ...hardware });
    const before = (await gateway.events()).length;
    const base = { name: 'x', region_id: here.regionId, ...hardware };
    const cases: [string, object, string][] = [
      ['/v1/regions', { name: 'x', cloud_id: nobody }, 'cloud_id'],
      ['/v1/cells', { name: 'x', region_id: nobody }, 'region_id'],
      ['/v1/hosts', { ...base, region_id: nobody }, 'region_id'],
      ['/v1/hosts', { ...base, cell_id: cell.id }, 'cell_id'],
      ['/v1/hosts', { ...base, parent_id: host.id }, 'parent_id'],
      ['/v1/hosts', { ...base, cloud_id: there.cloudId }, 'cloud_id'],
    ];
    for (const [path, body, member] of cases) {
      const { status, body: problem } = await gateway.root.post(path, body);
      expect([404, 400]).toContain(status);
      expect(problem.errors).toEqual([{ member, message: expect.any(String) }]);
    }
    const moved = await put(`/v1/hosts/${mine.id}`, { cell_id: cell.id });
    expect([moved.status, moved.body.errors[0].member]).toEqual([404, 'cell_id']);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('is not there for another project, nor is anything else of it', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const cell = await post('/v1/cells', { name: 'c', region_id: regionId });
    const host = await post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware });
    const other = await stranger(gateway);
    const things = [`clouds/${cloudId}`, `regions/${regionId}`, `cells/${cell.id}`, `hosts/${host.id}`];
    for (const thing of things) {
      const statuses = [
        await other.get(`/v1/${thing}`),
        await other.put(`/v1/${thing}`, { note: 'x' }),
        await other.delete(`/v1/${thing}`),
        await other.get(`/v1/${thing}/variables`),
        await other.put(`/v1/${thing}/variables`, { a: 1 }),
        await other.ask('DELETE', `/v1/${thing}/variables`, ['a']),
      ].map(({ status }) => status);
      expect(statuses).toEqual([404, 404, 404, 404, 404, 404]);
    }
    expect((await other.post(`/v1/hosts/${host.id}/retire`, undefined)).status).toBe(404);
    const refused = await other.post('/v1/hosts', { name: 'x', region_id: regionId, ...hardware });
    expect([refused.status, refused.body.errors[0].member]).toEqual([404, 'region_id']);
    expect((await other.get('/v1/hosts')).body.hosts).toEqual([]);
    expect((await other.get(`/v1/regions?cloud_id=${cloudId}`)).body.regions).toEqual([]);
  });
});
