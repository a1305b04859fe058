import { randomBytes } from 'node:crypto';
import { newId } from '#libs/platform/src/identifiers.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Answer, type Client, type Gateway, type Headers, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const both = `new:${newer},old:${older}`;
const mask = { $secret: true };
const reseal = '/v1/variables/reseal';

let eventStore: MemoryEventStore;
let apiKey: string;
let old: Gateway;
let gateway: Gateway;
let root: Client;
const gateways: Gateway[] = [];
/** Of all gateways: what Nest's logger says goes to the first one of a process. */
const logs: Gateway['lines'][] = [];

/** Another gateway on the same log. */
const start = async (keys?: string): Promise<Gateway> => {
  const environment: Record<string, string> = keys === undefined ? {} : { CRATON_SECRET_KEY: keys };
  const started = await startGateway({ eventStore, environment });
  gateways.push(started);
  logs.push(started.lines);
  return started;
};

beforeEach(async () => {
  eventStore = new MemoryEventStore();
  old = await start(`old:${older}`);
  apiKey = old.credentials?.api_key ?? '';
  root = old.root;
});
afterEach(async () => {
  for (const one of gateways.splice(0)) await one.close();
  await eventStore.close();
});

const rotated = async (keys = both): Promise<Client> => {
  gateway = await start(keys);
  return gateway.as(apiKey);
};

const newHost = async (client: Client = root): Promise<string> => {
  const { regionId } = await newRegion(client);
  const host = { name: 'host', region_id: regionId, ...hardware };
  return `/v1/hosts/${(await made(client.post('/v1/hosts', host))).body.id}`;
};

const ok = (answer: Answer): Answer => {
  if (answer.status > 299) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
};
const secret = async (path: string, values: object, client: Client = root) => {
  const keys = Object.keys(values).map((key) => `secret=${key}`);
  return ok(await client.put(`${path}/variables?${keys.join('&')}`, values));
};
const open = async (client: Client, path: string, query = '') =>
  ok(await client.get(`${path}/variables?secrets=true${query}`)).body.variables;
const asked = async (client: Client, body: object = {}) => ok(await client.post(reseal, body)).body;

describe('secrets under an old key', () => {
  it('are sealed anew on every kind of thing, after which the old key is not needed', async () => {
    const host = await newHost();
    const retired = await newHost();
    const { regionId, cloudId } = await newRegion(root);
    const project = `/v1/projects/${old.credentials?.project_id}`;
    const port = { name: 'e', device_id: host.slice(10), interface_type: 'ethernet', ip_address: '10.0.0.7' };
    const things = [
      host,
      retired,
      `/v1/regions/${regionId}`,
      `/v1/clouds/${cloudId}`,
      project,
      `/v1/cells/${(await made(root.post('/v1/cells', { name: 'c', region_id: regionId }))).body.id}`,
      `/v1/network-interfaces/${(await made(root.post('/v1/network-interfaces', port))).body.id}`,
    ];
    for (const [index, path] of things.entries()) await secret(path, { [`k${index}`]: { n: index } });
    ok(await root.put(`${host}/variables`, { plain: 1 }));
    ok(await root.post(`${retired}/retire`, {}));

    const client = await rotated();
    const left = [{ key: 'old', secrets: 7, at_hand: true }];
    const trial = await asked(client, { dry_run: true });
    expect(trial).toEqual({ dry_run: true, key: 'new', sealed: 7, left: [], more: false });
    const events = (await gateway.events()).length;
    expect(await asked(client, { dry_run: true })).toEqual(trial);
    expect((await gateway.events()).length).toBe(events);

    expect(await asked(client)).toEqual({ ...trial, dry_run: false });
    const said = (await gateway.events()).slice(events);
    expect(said.map(({ type }) => type)).toEqual(things.map(() => 'VariablesResealed'));
    expect(await asked(client)).toEqual({ dry_run: false, key: 'new', sealed: 0, left: [], more: false });
    expect((await gateway.events()).length).toBe(events + things.length);

    const without = await rotated(`new:${newer}`);
    for (const [index, path] of things.entries())
      expect(await open(without, path)).toMatchObject({ [`k${index}`]: { n: index } });
    const told = await asked(await rotated(`old:${older}`));
    expect(told).toMatchObject({ key: 'old', sealed: 0, left: [{ ...left[0], key: 'new', at_hand: false }] });
  });

  it('stay what they were, set by whoever set them; history says that they were sealed anew', async () => {
    const host = await newHost();
    const set = await root.put(
      `${host}/variables?secret=password`,
      { password: 'x' },
      { 'x-craton-reason': 'why' },
    );
    const before = (await root.get(`${host}/variables?explain=true`)).body;
    const client = await rotated();
    const headers = { 'x-craton-reason': 'the old key goes' };
    ok(await client.post(reseal, {}, headers));
    expect((await client.get(`${host}/variables?explain=true`)).body).toEqual(before);
    const { history } = (await client.get(`${host}/history`)).body;
    expect(history.at(-1)).toMatchObject({
      type: 'VariablesResealed',
      actor: 'admin',
      reason: 'the old key goes',
      data: { ownerKind: 'host', seals: { password: mask } },
      before: null,
      after: null,
    });
    expect(JSON.stringify(history)).not.toContain('nonce');
    const from = set.headers['craton-cursor'] ?? '';
    expect((await client.get(`/v1/diff?from=${from}`)).body.diff).toEqual([]);
    const lines = logs.flat().filter(({ msg }) => msg === 'secrets are sealed anew');
    expect(lines.at(-1)).toMatchObject({ user: 'admin', sealed: 1, key: 'new', left: [] });
  });

  it('are sealed some at a time, until nothing is left', async () => {
    const hosts = [await newHost(), await newHost()];
    for (const host of hosts) await secret(host, { a: 1, b: 2, c: 3 });
    const client = await rotated();
    const rounds: unknown[] = [];
    for (let more = true; more;) {
      const { sealed, left, more: again } = await asked(client, { limit: 4 });
      rounds.push([sealed, left, again]);
      more = again;
    }
    expect(rounds).toEqual([
      [4, [{ key: 'old', secrets: 2, at_hand: true }], true],
      [2, [], false],
    ]);
    const without = await rotated(`new:${newer}`);
    for (const host of hosts) expect(await open(without, host)).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('are sealed anew once under one Idempotency-Key', async () => {
    const host = await newHost();
    await secret(host, { a: 1 });
    const client = await rotated();
    const key = { 'idempotency-key': 'rotation' };
    expect((await client.post(reseal, {}, key)).body).toMatchObject({ sealed: 1 });
    const events = (await gateway.events()).length;
    expect((await client.post(reseal, {}, key)).status).toBe(200);
    expect((await gateway.events()).length).toBe(events);
    expect((await client.post(reseal, { limit: 1 }, key)).status).toBe(422);
  });

  it('may be as large as secrets can be', async () => {
    const host = await newHost();
    const large = 'x'.repeat(500 * 1024);
    await secret(host, { a: large });
    await secret(host, { b: large, c: 1 });
    const client = await rotated();
    expect(await asked(client)).toMatchObject({ sealed: 3, left: [] });
    expect(await open(await rotated(`new:${newer}`), host)).toEqual({ a: large, b: large, c: 1 });
  });

  it('are told of where their key is not at hand, and shown as such, in the past too', async () => {
    const host = await newHost();
    const then = (await secret(host, { a: 1, b: 2 })).headers['craton-cursor'];
    const client = await rotated();
    ok(await client.put(`${host}/variables`, { a: 'new' }));
    const without = await rotated(`new:${newer}`);
    expect(await asked(without)).toEqual({
      dry_run: false,
      key: 'new',
      sealed: 0,
      left: [{ key: 'old', secrets: 1, at_hand: false }],
      more: false,
    });
    const lost = { ...mask, error: 'is sealed with key "old", which is not at hand' };
    expect(await open(without, host)).toEqual({ a: 'new', b: lost });
    expect(await open(without, host, `&as_of=${then}`)).toEqual({ a: lost, b: lost });
    expect(await open(without, host, `&as_of=${then}&explain=true`)).toMatchObject({ a: { value: lost } });
    expect((await without.get(`${host}/history`)).status).toBe(200);
  });

  it('are sealed anew after they were put back from before', async () => {
    const host = await newHost();
    await secret(host, { a: 'first' });
    await secret(host, { a: 'second' });
    const client = await rotated();
    await asked(client);
    const { history } = (await client.get(`${host}/history`)).body;
    const set = history.findLast(({ type }: { type: string }) => type === 'VariablesSet');
    const put = ok(await client.post('/v1/revert', { event_id: set.event_id, dry_run: false }));
    expect(put.body.steps).toMatchObject([{ outcome: 'done' }]);
    expect(await open(client, host)).toEqual({ a: 'first' });
    expect(await asked(client)).toMatchObject({ sealed: 1, left: [] });
    expect(await open(await rotated(`new:${newer}`), host)).toEqual({ a: 'first' });
  });

  it('are not put back from before when nobody could read them, but come back with their owner', async () => {
    const host = await newHost();
    await secret(host, { a: 'first' });
    await secret(host, { a: 'second' });
    await asked(await rotated());
    const client = await rotated(`new:${newer}`);
    const { history } = (await client.get(`${host}/history`)).body;
    const set = history.findLast(({ type }: { type: string }) => type === 'VariablesSet');
    const order = { event_id: set.event_id, dry_run: false };
    const message = '"a" is sealed with key "old", which is not at hand';
    const refused = await client.post('/v1/revert', order);
    expect([refused.status, refused.body.errors[0].message]).toEqual([409, message]);
    expect(await open(client, host)).toEqual({ a: 'second' });

    const other = await newHost();
    await secret(other, { b: 1 });
    const headers = { 'x-openstack-request-id': `req-${newId()}` };
    expect((await client.delete(other, headers)).status).toBe(204);
    const correlation = headers['x-openstack-request-id'].slice(4);
    ok(await client.post('/v1/revert', { correlation_id: correlation, dry_run: false }));
    const lost = { ...mask, error: 'is sealed with key "old", which is not at hand' };
    expect(await open(client, other)).toEqual({ b: lost });
  });

  it('are those of the own project, unless the caller sees all', async () => {
    await secret(await newHost(), { a: 1 });
    const other = await stranger(old);
    const theirs = await newHost(other);
    await secret(theirs, { a: 1 }, other);
    const key = (await other.post(`/v1/users/${await idOf(other)}/api-keys`, { name: 'k' })).body.api_key;
    const client = await rotated();
    expect(await asked(gateway.as(key))).toMatchObject({ sealed: 1, left: [] });
    expect(await asked(client, { dry_run: true })).toMatchObject({ sealed: 1 });
    expect((await gateway.events()).at(-1)?.metadata).toMatchObject({ projectId: await projectOf(other) });
  });

  it('are not sealed anew without a key, nor when that is asked for wrongly', async () => {
    const client = (await start()).as(apiKey);
    const refusals: readonly (readonly [body: object, headers: Headers, status: number])[] = [
      [{}, {}, 409],
      [{ dry_run: true }, {}, 409],
      [{ dry_run: 'yes' }, {}, 400],
      [{ limit: 0 }, {}, 400],
      [{ limit: 10_001 }, {}, 400],
      [{ other: 1 }, {}, 400],
      [{}, { 'if-match': '"1"' }, 412],
    ];
    for (const [body, headers, status] of refusals) {
      const answer = await client.post(reseal, body, headers);
      expect([body, answer.status]).toEqual([body, status]);
    }
  });
});

const idOf = async (client: Client): Promise<string> => (await client.get('/v1/users')).body.users[0].id;
const projectOf = async (client: Client): Promise<string> =>
  (await client.get('/v1/projects')).body.projects[0].id;
