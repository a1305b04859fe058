import { v7 } from 'uuid';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';

interface Entry {
  readonly type: string;
  readonly data: object;
  readonly before: object | null;
  readonly after: object | null;
}

describe('the history of who there is', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const create = async (collection: string, body: object): Promise<string> =>
    (await made(gateway.root.post(`/v1/${collection}`, body))).body.id;
  const change = async (id: string, body: object) =>
    expect((await gateway.root.put(`/v1/users/${id}`, body)).status).toBe(200);
  const historyOf = async (collection: string, id: string): Promise<Entry[]> =>
    (await gateway.root.get(`/v1/${collection}/${id}/history`)).body.history;
  const told = ({ type, before, after }: Entry) => [type, before, after];

  it('says of users what changed, which keys they got and lost, and neither their use nor their hashes', async () => {
    const id = await create('users', { username: 'somebody', roles: ['viewer'] });
    await change(id, { roles: ['operator'] });
    const { body: key } = await made(gateway.root.post(`/v1/users/${id}/api-keys`, { name: 'laptop' }));
    expect((await gateway.root.delete(`/v1/users/${id}/api-keys/${key.id}`)).status).toBe(204);
    const history = await historyOf('users', id);
    expect(history.map(told)).toEqual([
      ['UserAdded', null, expect.objectContaining({ username: 'somebody', roles: ['viewer'] })],
      ['ApiKeyIssued', null, null],
      ['RolesGranted', { roles: ['viewer'] }, { roles: ['operator'] }],
      ['ApiKeyIssued', null, null],
      ['ApiKeyRevoked', null, null],
    ]);
    expect(history.slice(3).map(({ data }) => data)).toEqual([
      { userId: id, keyId: key.id, name: 'laptop' },
      { userId: id, keyId: key.id },
    ]);
    expect(key.api_key).toMatch(/./);
    expect(JSON.stringify(history)).not.toContain(key.api_key);
    expect(JSON.stringify(history)).not.toMatch(/hash|scrypt/i);
    const { body } = await gateway.root.get(`/v1/users/${id}/history?limit=2`);
    expect(body.history).toEqual(history.slice(3));
    const next = body.links.find(({ rel }: { rel: string }) => rel === 'next').href as string;
    const page = await gateway.root.get(next.replace('http://localhost:80', ''));
    expect(page.body.history).toEqual(history.slice(1, 3));
  });

  it('says of projects who came and went', async () => {
    const project = await create('projects', { name: v7() });
    const id = await create('users', { username: 'passing', roles: ['viewer'], project_id: project });
    await change(id, { roles: ['operator'] });
    expect((await gateway.root.delete(`/v1/users/${id}`)).status).toBe(204);
    expect((await historyOf('projects', project)).map(told)).toEqual([
      ['ProjectCreated', null, expect.anything()],
      ['UserAdded', null, expect.objectContaining({ username: 'passing', roles: ['viewer'] })],
      ['UserRemoved', expect.objectContaining({ username: 'passing', roles: ['operator'] }), null],
    ]);
  });
});
