import { KeyUses } from '#apps/gateway/src/auth/key-uses.js';
import { Clock } from '#libs/platform/src/clock.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Answer, type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';

class TestClock extends Clock {
  constructor(public time = new Date()) {
    super();
  }
  override now(): Date {
    return this.time;
  }
  pass(seconds: number): void {
    this.time = new Date(this.time.getTime() + seconds * 1000);
  }
}

const in60Seconds = (clock: Clock) => new Date(clock.now().getTime() + 60_000).toISOString();

const keysOf = async (client: Client, userId: string, query = ''): Promise<Record<string, unknown>[]> =>
  (await client.get(`/v1/users/${userId}/api-keys${query}`)).body.api_keys;

const named = (keys: readonly Record<string, unknown>[], name: string) =>
  keys.find((key) => key['name'] === name);

describe('an API key', () => {
  const clock = new TestClock();
  let gateway: Gateway;
  let me: string;
  beforeAll(async () => {
    gateway = await startGateway({ clock });
    me = gateway.credentials?.user_id ?? '';
  });
  afterAll(() => gateway.close());

  const issue = (body: object, headers = {}) => gateway.root.post(`/v1/users/${me}/api-keys`, body, headers);

  it('lives until it expires, to the moment', async () => {
    const expires = in60Seconds(clock);
    const { body } = await made(issue({ name: 'short', expires_at: expires }));
    expect(body).toMatchObject({ expires_at: expires, last_used_at: null });
    const short = gateway.as(body.api_key);
    expect((await short.get('/v1/clouds')).status).toBe(200);
    clock.pass(59.999);
    expect((await short.get('/v1/clouds')).status).toBe(200);
    clock.pass(0.001);
    const refused = await short.get('/v1/clouds');
    expect([refused.status, refused.body.detail]).toEqual([401, 'the API key has expired']);
    const wrong = await gateway.as(`${body.api_key.slice(0, -3)}___`).get('/v1/clouds');
    expect([wrong.status, wrong.body.detail]).toEqual([401, 'the API key is not valid']);
    expect(named(await keysOf(gateway.root, me), 'short')).toMatchObject({ expires_at: expires });
  });

  it('expires in the future, or never', async () => {
    const past = await issue({ name: 'late', expires_at: clock.now().toISOString() });
    expect([past.status, past.body.errors]).toEqual([
      400,
      [{ member: 'expires_at', message: 'must lie in the future' }],
    ]);
    expect((await issue({ name: 'late', expires_at: 'soon' })).status).toBe(400);
    expect((await issue({ name: 'late', expires_at: null })).status).toBe(400);
    expect(named(await keysOf(gateway.root, me), 'bootstrap')).toMatchObject({ expires_at: null });
  });

  it('is issued once for one Idempotency-Key, even when it has expired since', async () => {
    const body = { name: 'once', expires_at: in60Seconds(clock) };
    const headers = { 'idempotency-key': 'a-short-lived-key' };
    const first = await made(issue(body, headers));
    clock.pass(61);
    const again = await made(issue(body, headers));
    expect(again.body).toEqual({ ...first.body, api_key: null });
  });

  it('expires in UTC, whatever the offset that it was given with', async () => {
    const { body } = await made(issue({ name: 'offset', expires_at: '2999-01-01T02:00:00+02:00' }));
    expect(body.expires_at).toBe('2999-01-01T00:00:00.000Z');
  });

  it('tells on which day it was used last, now and as of then', async () => {
    const uses = gateway.app.get(KeyUses);
    const { body } = await made(issue({ name: 'watched' }));
    const watched = gateway.as(body.api_key);
    const told = async (query = '') =>
      named(await keysOf(gateway.root, me, query), 'watched')?.['last_used_at'];
    const flushed = async () => {
      await uses.flush();
      await gateway.readStore.passed(await gateway.eventStore.head(), 10_000);
    };
    const used = () =>
      gateway
        .events()
        .then((all) => all.filter(({ type, data }) => type === 'ApiKeyUsed' && data['keyId'] === body.id));
    await flushed();
    expect(await told()).toBeNull();
    const before = await gateway.eventStore.head();
    const first = clock.now().toISOString();
    await watched.get('/v1/clouds');
    await flushed();
    expect(await told()).toBe(first);
    expect(await told(`?as_of=${before}`)).toBeNull();
    expect((await used())[0]?.metadata).toMatchObject({ actor: { userId: me }, projectId: body.project_id });
    for (let more = 0; more < 5; more++) await watched.get('/v1/clouds');
    await flushed();
    expect(await used()).toHaveLength(1);
    clock.pass(86_400);
    await watched.get('/v1/clouds');
    await flushed();
    expect(await told()).toBe(clock.now().toISOString());
    expect(await used()).toHaveLength(2);
  });

  it('that was refused was not used', async () => {
    const uses = gateway.app.get(KeyUses);
    const { body } = await made(issue({ name: 'idle' }));
    expect((await gateway.as(body.api_key).get('/v1/clouds', { 'x-auth-user': 'other' })).status).toBe(401);
    expect((await gateway.as(`${body.api_key.slice(0, -3)}___`).get('/v1/clouds')).status).toBe(401);
    await uses.flush();
    const events = await gateway.events();
    expect(events.filter(({ type, data }) => type === 'ApiKeyUsed' && data['keyId'] === body.id)).toEqual([]);
  });
});

describe('an API key at two gateways', () => {
  const store = new MemoryEventStore();
  let one: Gateway;
  let other: Gateway;
  beforeAll(async () => {
    one = await startGateway({ eventStore: store });
    other = await startGateway({ eventStore: store });
  });
  afterAll(async () => {
    await one.close();
    await other.close();
    await store.close();
  });

  it('is revoked in the other as soon as that has heard of it', async () => {
    const token = one.credentials?.api_key;
    const me = one.credentials?.user_id;
    const { body } = await made(one.root.post(`/v1/users/${me}/api-keys`, { name: 'leaked' }));
    expect((await other.as(token).get('/v1/clouds')).status).toBe(200);
    expect((await other.as(body.api_key).get('/v1/clouds')).status).toBe(200);
    const gone = await one.root.delete(`/v1/users/${me}/api-keys/${body.id}`);
    const cursor = gone.headers['craton-cursor'] ?? '';
    expect((await one.as(body.api_key).get('/v1/clouds')).status).toBe(401);
    const seen = await other.as(body.api_key).get('/v1/clouds', { 'craton-cursor': cursor });
    expect(seen.status).toBe(401);
  });

  it('was used on one day, wherever it was used', async () => {
    await Promise.all([one, other].map(({ app }) => app.get(KeyUses).flush()));
    const days = (await one.events())
      .filter(({ type }) => type === 'ApiKeyUsed')
      .map(({ data }) => `${data['keyId'] as string} ${(data['at'] as string).slice(0, 10)}`);
    expect(days.length).toBeGreaterThan(0);
    expect(new Set(days).size).toBe(days.length);
  });
});

describe('failed logins', () => {
  const clock = new TestClock();
  let gateway: Gateway;
  let token: string;
  beforeEach(async () => {
    gateway = await startGateway({ clock, environment: { CRATON_TRUST_PROXY: '127.0.0.1/32,::1' } });
    token = gateway.credentials?.api_key ?? '';
  });
  afterEach(() => gateway.close());

  const from = (address: string, key: string): Promise<Answer> =>
    gateway.as(key).get('/v1/clouds', { 'x-forwarded-for': address });
  const wrong = (serial: number) => `${token.slice(0, -3)}${String(serial).padStart(3, '0')}`;
  const unknown = `${'0'.repeat(32)}.${'x'.repeat(43)}`;
  const failing = async (address: string, key: (serial: number) => string, times = 20) => {
    for (let serial = 0; serial < times; serial++) {
      expect((await from(address, key(serial))).status).toBe(401);
    }
  };

  it('of one source are limited, and say when to try again', async () => {
    await failing('192.0.2.1', () => unknown);
    const { status, headers, body } = await from('192.0.2.1', unknown);
    expect([status, body.type, headers['retry-after']]).toEqual([429, '/problems/too-many-requests', '5']);
    expect(body).not.toHaveProperty('retryAfterSeconds');
    expect((await from('192.0.2.2', unknown)).status).toBe(401);
    clock.pass(5);
    expect((await from('192.0.2.1', unknown)).status).toBe(401);
    expect((await from('192.0.2.1', unknown)).status).toBe(429);
    expect(JSON.stringify(gateway.lines)).not.toContain('x'.repeat(43));
  });

  it('keep nobody out who is known, from wherever they come', async () => {
    expect((await from('192.0.2.1', token)).status).toBe(200);
    await failing('192.0.2.1', () => unknown);
    expect((await from('192.0.2.1', unknown)).status).toBe(429);
    for (let asked = 0; asked < 50; asked++) expect((await from('192.0.2.1', token)).status).toBe(200);
    await made(gateway.as(token).post('/v1/clouds', { name: 'moves the read model' }));
    expect((await from('192.0.2.1', token)).status).toBe(200);
  });

  it('are not what logins are that succeed', async () => {
    const me = gateway.credentials?.user_id;
    const keys: string[] = [];
    for (let name = 0; name < 24; name++) {
      keys.push(
        (await made(gateway.root.post(`/v1/users/${me}/api-keys`, { name: `${name}` }))).body.api_key,
      );
    }
    const answers = await Promise.all(keys.map((key) => from('192.0.2.1', key)));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
  });

  it('against one key are limited wherever they come from, without a look at the secret', async () => {
    for (let serial = 0; serial < 20; serial++) await failing(`192.0.2.${serial}`, () => wrong(serial), 1);
    const answers = [];
    for (let serial = 100; serial < 110; serial++)
      answers.push(await from(`198.51.100.${serial}`, wrong(serial)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 429));
    // Even the right one is not looked at, so that nothing is learnt from how long it takes.
    expect((await from('198.51.100.1', token)).status).toBe(429);
    clock.pass(1);
    expect((await from('198.51.100.1', token)).status).toBe(200);
  });

  it('without any key are not counted', async () => {
    for (let asked = 0; asked < 30; asked++) {
      const { status } = await gateway.as(undefined).get('/v1/clouds', { 'x-forwarded-for': '192.0.2.1' });
      expect(status).toBe(401);
    }
    expect((await from('192.0.2.1', unknown)).status).toBe(401);
  });
});

describe('the source of a login', () => {
  it('is not what a client says of itself', async () => {
    const gateway = await startGateway({ clock: new TestClock() });
    const unknown = `${'0'.repeat(32)}.${'x'.repeat(43)}`;
    const statuses: number[] = [];
    for (let serial = 0; serial < 21; serial++) {
      const headers = { 'x-forwarded-for': `192.0.2.${serial}`, 'x-real-ip': `192.0.2.${serial}` };
      statuses.push((await gateway.as(unknown).get('/v1/clouds', headers)).status);
    }
    expect(statuses.slice(-2)).toEqual([401, 429]);
    await gateway.close();
  });
});
