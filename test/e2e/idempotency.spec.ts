import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';

const keyed = (key: string) => ({ 'idempotency-key': key });

describe('a request with an Idempotency-Key', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const count = async () => (await gateway.events()).length;

  it('happens once, and is answered again as it was then', async () => {
    const body = { name: 'once', variables: { a: 1 } };
    const first = await gateway.root.post('/v1/clouds', body, keyed('k1'));
    expect(first.status).toBe(201);
    const path = `/v1/clouds/${first.body.id}`;
    await gateway.root.put(path, { name: 'renamed' });
    const before = await count();
    const again = await gateway.root.post('/v1/clouds', body, keyed('k1'));
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(await count()).toBe(before);
  });

  it('happens once when it is sent many times at the same time', async () => {
    const body = { name: 'crowd' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => gateway.root.post('/v1/clouds', body, keyed('k2'))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  it('changes and removes once as well', async () => {
    const { body } = await gateway.root.post('/v1/clouds', { name: 'short-lived' });
    const path = `/v1/clouds/${body.id}`;
    const changed = await gateway.root.put(path, { note: 'x' }, keyed('k3'));
    expect(await gateway.root.put(path, { note: 'x' }, keyed('k3'))).toMatchObject({
      status: 200,
      body: changed.body,
    });
    expect((await gateway.root.delete(path, keyed('k4'))).status).toBe(204);
    const before = await count();
    expect((await gateway.root.delete(path, keyed('k4'))).status).toBe(204);
    expect((await gateway.root.delete(path, keyed('k5'))).status).toBe(404);
    expect(await count()).toBe(before);
  });

  it('is refused when the key was another request', async () => {
    await gateway.root.post('/v1/clouds', { name: 'mine' }, keyed('k6'));
    const before = await count();
    const other = await gateway.root.post('/v1/clouds', { name: 'other' }, keyed('k6'));
    expect([other.status, other.body.type]).toEqual([422, '/problems/idempotency-key-reused']);
    expect((await gateway.root.post('/v1/projects', { name: 'mine' }, keyed('k6'))).status).toBe(422);
    expect(await count()).toBe(before);
  });

  it('may be tried again with the same key after it was refused', async () => {
    await gateway.root.post('/v1/clouds', { name: 'taken' });
    expect((await gateway.root.post('/v1/clouds', { name: 'taken' }, keyed('k7'))).status).toBe(409);
    expect((await gateway.root.post('/v1/clouds', { name: 'free' }, keyed('k7'))).status).toBe(201);
  });

  it('has a key of its own for each user', async () => {
    const { body: user } = await gateway.root.post('/v1/users', { username: 'other' });
    const other = gateway.as(user.api_key);
    expect((await gateway.root.post('/v1/clouds', { name: 'of-root' }, keyed('k8'))).status).toBe(201);
    expect((await other.post('/v1/clouds', { name: 'of-other' }, keyed('k8'))).status).toBe(201);
  });

  it('shows an API key the first time only', async () => {
    const first = await gateway.root.post('/v1/users', { username: 'keyed' }, keyed('k9'));
    const again = await gateway.root.post('/v1/users', { username: 'keyed' }, keyed('k9'));
    expect(first.body.api_key).toMatch(/^[0-9a-f]{32}\./);
    expect(again.body).toEqual({ ...first.body, api_key: null });
    const keys = `/v1/users/${first.body.id}/api-keys`;
    const one = await gateway.root.post(keys, { name: 'two' }, keyed('k10'));
    const two = await gateway.root.post(keys, { name: 'two' }, keyed('k10'));
    expect(two.body).toEqual({ ...one.body, api_key: null });
    expect((await gateway.root.get(keys)).body.api_keys).toHaveLength(2);
  });

  it('is known to a gateway that starts later', async () => {
    const eventStore = new MemoryEventStore();
    const environment = { CRATON_BOOTSTRAP_API_KEY: 'the-key-of-the-administrator' };
    const one = await startGateway({ eventStore, environment });
    const first = await one.root.post('/v1/clouds', { name: 'kept' }, keyed('k11'));
    await one.close();
    const two = await startGateway({ eventStore, environment });
    const again = await two
      .as('the-key-of-the-administrator')
      .post('/v1/clouds', { name: 'kept' }, keyed('k11'));
    expect(again.body).toEqual(first.body);
    await two.close();
    await eventStore.close();
  });

  it('is finished when the first attempt ended between two of its steps', async () => {
    const eventStore = new MemoryEventStore();
    const environment = { CRATON_BOOTSTRAP_API_KEY: 'the-key-of-the-administrator' };
    const body = { name: 'torn', variables: { a: 1 } };
    const one = await startGateway({ eventStore, environment });
    const whole = await one.root.post('/v1/clouds', body, keyed('k12'));
    const events = await one.events();
    await one.close();
    const torn = new MemoryEventStore();
    for (const { stream, revision, id, type, data, metadata = {} } of events) {
      if (type === 'VariablesSet') continue;
      await torn.append(stream, revision === 0 ? 'no_stream' : revision - 1, [{ id, type, data, metadata }]);
    }
    const two = await startGateway({ eventStore: torn, environment });
    const again = await two.as('the-key-of-the-administrator').post('/v1/clouds', body, keyed('k12'));
    expect(again.body).toMatchObject({ id: whole.body.id, variables: { a: 1 } });
    expect((await two.events()).map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    await two.close();
    await torn.close();
    await eventStore.close();
  });
});

describe('a cursor', () => {
  it('makes another gateway wait until it knows as much', async () => {
    const eventStore = new MemoryEventStore();
    const one = await startGateway({ eventStore });
    const two = await startGateway({ eventStore });
    const other = two.as(one.credentials?.api_key);
    const { body, headers } = await one.root.post('/v1/clouds', { name: 'shared' });
    const cursor = { 'craton-cursor': headers['craton-cursor'] ?? '' };
    expect((await other.get(`/v1/clouds/${body.id}`, cursor)).body).toEqual(body);
    await one.close();
    await two.close();
    await eventStore.close();
  });
});
