import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';

interface Member {
  readonly id: string;
  readonly client: Client;
}

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const added = async (by: Client, user: object): Promise<Member> => {
  const { body } = await made(by.post('/v1/users', user));
  return { id: body.id, client: gateway.as(body.api_key) };
};

/** What is refused changes nothing. */
const refused = async (asked: () => Promise<{ readonly status: number }>): Promise<number> => {
  const before = await gateway.eventStore.head();
  const { status } = await asked();
  expect(await gateway.eventStore.head()).toBe(before);
  return status;
};

describe('the roles of a user', () => {
  it('change, and count from the next request on', async () => {
    const user = await added(gateway.root, { username: 'rising', roles: ['viewer'] });
    expect((await user.client.post('/v1/clouds', { name: 'early' })).status).toBe(403);
    const { status, headers, body } = await gateway.root.put(`/v1/users/${user.id}`, { roles: ['operator'] });
    expect([status, body.roles, body.is_admin]).toEqual([200, ['operator'], false]);
    expect(body.updated_at).not.toBeNull();
    expect((await user.client.post('/v1/clouds', { name: 'allowed' })).status).toBe(201);
    const stale = await gateway.root.put(
      `/v1/users/${user.id}`,
      { roles: ['viewer'] },
      { 'if-match': '"0"' },
    );
    expect(stale.status).toBe(412);
    const match = { 'if-match': headers['etag'] ?? '' };
    expect((await gateway.root.put(`/v1/users/${user.id}`, { roles: ['viewer'] }, match)).status).toBe(200);
    expect((await user.client.post('/v1/clouds', { name: 'late' })).status).toBe(403);
  });

  it('are refused when they are not roles', async () => {
    const { id } = await added(gateway.root, { username: 'unruly' });
    const path = `/v1/users/${id}`;
    for (const body of [{ roles: [] }, { roles: ['king'] }, { roles: null }, { username: 'x' }, []]) {
      expect(await refused(() => gateway.root.put(path, body))).toBe(400);
    }
  });

  it('are neither given nor taken by somebody whom they reach beyond', async () => {
    const admin = await added(gateway.root, { username: 'chief', is_admin: true });
    const other = await added(gateway.root, { username: 'worker' });
    const auditor = await added(gateway.root, { username: 'auditor', roles: ['auditor'] });
    const root = gateway.credentials?.user_id;
    const put = (id: string | undefined, roles: string[]) => () =>
      admin.client.put(`/v1/users/${id}`, { roles });
    expect(await refused(put(other.id, ['root']))).toBe(403);
    expect(await refused(put(other.id, ['operator', 'auditor']))).toBe(403);
    expect(await refused(put(admin.id, ['admin', 'root']))).toBe(403);
    expect(await refused(put(auditor.id, ['viewer']))).toBe(403);
    expect(await refused(put(root, ['viewer']))).toBe(403);
    expect((await put(other.id, ['admin'])()).status).toBe(200);
  });

  it('leave a project somebody who administers it', async () => {
    const { body: tenant } = await made(gateway.root.post('/v1/projects', { name: 'tenant' }));
    const only = await added(gateway.root, { username: 'only', is_admin: true, project_id: tenant.id });
    const demote = () => only.client.put(`/v1/users/${only.id}`, { roles: ['viewer'] });
    expect(await refused(demote)).toBe(409);
    await added(only.client, { username: 'second', is_admin: true });
    expect((await demote()).status).toBe(200);
  });
});

describe('a user who is limited to some variables', () => {
  let user: Member;
  let regionId: string;
  let host: string;
  beforeAll(async () => {
    user = await added(gateway.root, { username: 'netops', variable_prefixes: ['net.', 'ntp'] });
    ({ regionId } = await newRegion(gateway.root));
    const body = { name: 'limited', region_id: regionId, ...hardware, variables: { rack: 1 } };
    host = (await made(gateway.root.post('/v1/hosts', body))).body.id;
  });

  it('is shown as such', async () => {
    const { body } = await gateway.root.get(`/v1/users/${user.id}`);
    expect(body.variable_prefixes).toEqual(['net.', 'ntp']);
    expect(
      (await gateway.root.get(`/v1/users/${gateway.credentials?.user_id}`)).body.variable_prefixes,
    ).toBeNull();
  });

  it('writes those and reads all', async () => {
    const path = `/v1/hosts/${host}/variables`;
    const { status, body } = await user.client.put(path, { 'net.mtu': 9000, ntp: ['a'] });
    expect([status, body.variables]).toEqual([200, { 'net.mtu': 9000, ntp: ['a'], rack: 1 }]);
    expect((await user.client.ask('DELETE', path, ['ntp'])).status).toBe(204);
  });

  it('does not replace all', async () => {
    const path = `/v1/hosts/${host}/variables`;
    const refused = await user.client.put(`${path}?replace=true`, { 'net.mtu': 1 });
    expect([refused.status, refused.body.errors[0].member]).toEqual([403, 'replace']);
  });

  it('writes no other, and is told which', async () => {
    const path = `/v1/hosts/${host}/variables`;
    const before = await gateway.eventStore.head();
    const { status, body } = await user.client.put(path, { 'net.mtu': 1, rack: 2, Net: 3 });
    expect([status, body.type]).toEqual([403, '/problems/forbidden']);
    expect(body.detail).toContain('"rack"');
    expect(body.errors.map(({ member }: { member: string }) => member)).toEqual(['rack', 'Net']);
    expect((await user.client.ask('DELETE', path, ['net.mtu', 'rack'])).status).toBe(403);
    expect(await gateway.eventStore.head()).toBe(before);
  });

  it.each([
    ['clouds', async () => ({})],
    ['regions', async () => ({ cloud_id: (await newRegion(gateway.root)).cloudId })],
    ['cells', async () => ({ region_id: regionId })],
    ['hosts', async () => ({ region_id: regionId, ...hardware })],
  ])('makes none of %s with another', async (collection, place) => {
    const thing = { name: 'with variables', ...(await place()) };
    const make = (variables: object) => user.client.post(`/v1/${collection}`, { ...thing, variables });
    expect(await refused(() => make({ 'net.mtu': 1, rack: 1 }))).toBe(403);
    expect((await make({ 'net.mtu': 1 })).status).toBe(201);
  });

  it('removes nothing that carries another, whatever it hangs on', async () => {
    const cell = await made(gateway.root.post('/v1/cells', { name: 'carries', region_id: regionId }));
    const at = (name: string, more: object) =>
      made(gateway.root.post('/v1/hosts', { name, region_id: regionId, ...hardware, ...more }));
    const bare = await at('bare', { cell_id: cell.body.id, variables: { 'net.mtu': 1 } });
    const under = await at('carrying', { parent_id: bare.body.id, variables: { 'net.mtu': 1, rack: 2 } });
    const before = await gateway.eventStore.head();
    const region = await gateway.root.get(`/v1/regions/${regionId}`);
    for (const path of [
      `/v1/hosts/${under.body.id}`,
      `/v1/hosts/${bare.body.id}?cascade=true`,
      `/v1/cells/${cell.body.id}?cascade=true`,
      `/v1/regions/${regionId}?cascade=true`,
      `/v1/clouds/${region.body.cloud_id}?cascade=true`,
    ]) {
      const { status, body } = await user.client.delete(path);
      expect([path, status, body.errors?.[0].member]).toEqual([path, 403, 'rack']);
    }
    const registered = (await gateway.root.get(`/v1/hosts/${under.body.id}/history`)).body.history;
    const { event_id } = registered.find(({ type }: { type: string }) => type === 'DeviceRegistered');
    const reverted = await user.client.post('/v1/revert', { event_id, dry_run: false });
    expect(reverted.status).toBe(409);
    expect(await gateway.eventStore.head()).toBe(before);
    await gateway.root.ask('DELETE', `/v1/hosts/${under.body.id}/variables`, ['rack']);
    expect((await user.client.delete(`/v1/cells/${cell.body.id}?cascade=true`)).status).toBe(204);
  });

  it('is not told whether a thing exists that is not theirs', async () => {
    const path = '/v1/hosts/0197b3a0-0000-7000-8000-000000000000/variables';
    expect((await user.client.put(path, { rack: 1 })).status).toBe(404);
  });

  it('gives nobody more than they have', async () => {
    const admin = await added(gateway.root, {
      username: 'net-chief',
      is_admin: true,
      variable_prefixes: ['net.'],
    });
    const free = await added(gateway.root, { username: 'free' });
    const add = (user: object) => () => admin.client.post('/v1/users', { username: 'new', ...user });
    const put = (id: string, change: object) => () => admin.client.put(`/v1/users/${id}`, change);
    expect(await refused(add({}))).toBe(403);
    expect(await refused(add({ variable_prefixes: ['n'] }))).toBe(403);
    expect(await refused(put(admin.id, { variable_prefixes: null }))).toBe(403);
    expect(await refused(put(free.id, { roles: ['viewer'] }))).toBe(403);
    expect(await refused(() => admin.client.post(`/v1/users/${free.id}/api-keys`, { name: 'mine' }))).toBe(
      403,
    );
    expect(await refused(() => admin.client.delete(`/v1/users/${free.id}`))).toBe(403);
    const below = await added(admin.client, { username: 'below', variable_prefixes: ['net.dns.'] });
    expect((await put(below.id, { variable_prefixes: ['net.'] })()).status).toBe(200);
    const viewer = await added(admin.client, { username: 'looker', roles: ['viewer'] });
    expect(await refused(put(viewer.id, { roles: ['operator'] }))).toBe(403);
  });

  it('is free again from the next request on', async () => {
    const change = { variable_prefixes: null };
    const { body } = await gateway.root.put(`/v1/users/${user.id}`, change);
    expect(body.variable_prefixes).toBeNull();
    expect((await user.client.put(`/v1/hosts/${host}/variables`, { rack: 3 })).status).toBe(200);
    const none = await gateway.root.put(`/v1/users/${user.id}`, { variable_prefixes: [] });
    expect(none.body.variable_prefixes).toEqual([]);
    expect((await user.client.put(`/v1/hosts/${host}/variables`, { 'net.mtu': 3 })).status).toBe(403);
  });
});
