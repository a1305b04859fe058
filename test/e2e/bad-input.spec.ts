import { once } from 'node:events';
import { connect } from 'node:net';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { type Answer, type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import * as addresses from '#test/support/mischief/addresses.js';
import { belongings } from '#test/support/mischief/belongings.js';
import * as bodies from '#test/support/mischief/bodies.js';
import { Examples } from '#test/support/mischief/examples.js';
import * as headers from '#test/support/mischief/headers.js';
import type { Mischief, Scene, Wrong } from '#test/support/mischief/mischief.js';
import { proper } from '#test/support/mischief/mischief.js';
import { Api, type Operation } from '#test/support/mischief/operations.js';
import { Chance } from '#test/support/mischief/random.js';
import { stranger } from '#test/support/places.js';

const seed = Number(process.env['CRATON_TEST_SEED'] ?? 20_261_123);
const requests = 3000;

const { tooLarge, ...inBodies } = bodies;
const all = Object.entries({ ...inBodies, ...addresses, ...headers }) as [string, Mischief][];

/** What is wrong with the answer; undefined when it is as it should be. */
const complaintAbout = (wrong: Wrong, answer: Answer): string | undefined => {
  const { status, text } = answer;
  if (status >= 500) return `answered ${status} ${text}`;
  if (wrong.refused && !wrong.refused.includes(status))
    return `answered ${status} instead of ${wrong.refused.join(' or ')}: ${text.slice(0, 500)}`;
  if (status < 400) return undefined;
  return isProblem(answer) ? complaintAboutMembers(wrong, answer) : `answered ${status} with ${text}`;
};

const isProblem = ({ status, headers: given, body }: Answer): boolean =>
  given['content-type']?.startsWith('application/problem+json') === true &&
  body?.status === status &&
  [body.type, body.title, body.detail, body.instance].every((part) => typeof part === 'string');

const complaintAboutMembers = ({ member }: Wrong, { status, body, text }: Answer): string | undefined => {
  if (status !== 400 || body.type !== '/problems/validation-failed') return undefined;
  const errors = body.errors as readonly { member: string; message: string }[] | undefined;
  if (!errors?.every((error) => typeof error.member === 'string' && error.message))
    return `names no member: ${text}`;
  if (member === undefined) return undefined;
  const names = errors.some((error) => error.member === member || error.member.startsWith(`${member}.`));
  return names ? undefined : `does not name ${member}: ${text.slice(0, 500)}`;
};

describe('whatever is wrong with a request', () => {
  let gateway: Gateway;
  let scenes: readonly { readonly client: Client; readonly scene: Scene }[];
  let operations: readonly Operation[];
  const chance = new Chance(seed);

  beforeAll(async () => {
    gateway = await startGateway({ environment: { CRATON_LOG_LEVEL: 'info' } });
    const api = new Api((await gateway.root.get('/openapi.json')).body);
    ({ operations } = api);
    const tenant = await stranger(gateway);
    const [roots, tenants] = [await belongings(gateway.root), await belongings(tenant)];
    const examples = new Examples(api, chance);
    // Whoever is root sees every project: to them nothing is foreign.
    scenes = [
      { client: tenant, scene: { chance, examples, own: tenants, foreign: roots } },
      { client: gateway.root, scene: { chance, examples, own: roots, foreign: {} } },
    ];
  });
  afterAll(() => gateway.close());

  const head = async (): Promise<RecordedEvent | undefined> => (await gateway.events()).at(-1);

  /** Sends it; answers what there is to complain about. */
  const tried = async (client: Client, name: string, wrong: Wrong): Promise<string[]> => {
    const before = await gateway.eventStore.head();
    const answer = await client.ask(wrong.method, wrong.url, wrong.payload, wrong.headers);
    const complaints = [complaintAbout(wrong, answer)];
    if (answer.status >= 400 && (await gateway.eventStore.head()) !== before)
      complaints.push(`was answered ${answer.status}, but wrote ${(await head())?.type}`);
    return complaints
      .filter((complaint) => complaint !== undefined)
      .map((complaint) => `${name}: ${wrong.method} ${wrong.url.slice(0, 200)} (${wrong.what}) ${complaint}`);
  };

  it(`is told to the client, names its member and changes nothing (seed ${seed})`, async () => {
    const complaints: string[] = [];
    const asked = new Map<string, number>();
    for (let sent = 0; sent < requests;) {
      const { client, scene } = scenes[sent % 3 === 0 ? 1 : 0]!;
      const operation = operations[sent % operations.length] ?? chance.one(operations);
      const [name, mischief] = chance.one(all);
      const wrong = mischief(operation, scene);
      if (!wrong) continue;
      complaints.push(...(await tried(client, name, wrong)));
      asked.set(name, (asked.get(name) ?? 0) + 1);
      asked.set(operation.id, (asked.get(operation.id) ?? 0) + 1);
      sent += 1;
    }
    expect(complaints).toEqual([]);
    const unasked = [...operations.map(({ id }) => id), ...all.map(([name]) => name)];
    expect(unasked.filter((name) => !asked.has(name))).toEqual([]);
  }, 300_000);

  it('and too large, is not read to the end', async () => {
    const { client, scene } = scenes[0]!;
    const writing = operations.filter(({ body }) => body);
    for (const operation of [writing[0], writing.at(-1)]) {
      const wrong = operation && tooLarge(operation, scene);
      expect(wrong && (await tried(client, 'tooLarge', wrong))).toEqual([]);
    }
  });

  it('a key that was used for another request is refused, wherever it is used', async () => {
    const { client, scene } = scenes[0]!;
    const first = await client.post('/v1/clouds', { name: 'once' }, { 'idempotency-key': 'taken' });
    expect(first.status).toBe(201);
    const keyed = operations.filter((operation) => operation.headers.includes('Idempotency-Key'));
    const complaints: string[] = [];
    for (const operation of keyed) {
      const asked = proper(operation, scene);
      const refused = [400, 403, 404, 422];
      const wrong = { ...asked, what: 'a taken key', headers: { 'idempotency-key': 'taken' }, refused };
      complaints.push(...(await tried(client, 'taken key', wrong)));
    }
    expect(keyed.length).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });

  it('and speaks of a place in the log that was never written, is refused', async () => {
    const { headers: given } = await gateway.root.get('/v1/clouds');
    const beyond = String(given['craton-cursor']).replace(/[0-9a-f]{8}$/, '88888888');
    const answer = await gateway.root.get('/v1/clouds', { 'craton-cursor': beyond });
    expect([answer.status, answer.body.errors?.[0].member]).toEqual([400, 'Craton-Cursor']);
    expect((await gateway.root.get(`/v1/clouds?as_of=${beyond}`)).status).toBe(400);
  }, 60_000);

  it('leaves no defect in the log of the process', () => {
    expect(gateway.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });
});

describe('what is not even a request', () => {
  let gateway: Gateway;
  let port: number;
  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.app.listen(0, '127.0.0.1');
    port = Number(new URL(await gateway.app.getUrl()).port);
  });
  afterAll(() => gateway.close());

  const sent = async (text: string | Buffer, stays = false): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(text);
    if (!stays) socket.end();
    await closed;
    return answer;
  };

  const post = (more: string, body = '') => `POST /v1/clouds HTTP/1.1\r\nHost: a\r\n${more}\r\n\r\n${body}`;

  it('may name the host in its address, as to a proxy: links are what they are without it', async () => {
    const ask = (address: string) =>
      `GET ${address} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${gateway.credentials?.api_key}\r\nConnection: close\r\n\r\n`;
    const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n'));
    const plain = await sent(ask('/v1/clouds?limit=1'), true);
    const named = await sent(ask('http://elsewhere.example:80/v1/clouds?limit=1'), true);
    expect(named).toMatch(/^HTTP\/1\.1 200/);
    expect(bodyOf(named)).toBe(bodyOf(plain));
    expect(await sent(ask('https://elsewhere.example/nowhere'), true)).toContain('"instance":"/nowhere"');
    expect(await sent(ask('http://elsewhere.example?x=1'), true)).toMatch(/^HTTP\/1\.1 404/);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a])],
    ['another version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['NUL in the path', 'GET /v1/\0clouds HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n'],
    ['huge headers', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(5000)}\r\n`],
    ['an endless path', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['two lengths', post('Content-Length: 1\r\nContent-Length: 2', '{}')],
    ['a length and chunks', post('Content-Length: 2\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['a negative length', post('Content-Length: -1')],
    ['broken chunks', post('Transfer-Encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n')],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'an absolute address',
      'GET http://evil.example/v1/clouds HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['a body that ends too early', post('Content-Type: application/json\r\nContent-Length: 100', '{"name"')],
  ])('is refused or cut off: %s', async (_, text) => {
    const before = await gateway.eventStore.head();
    const answer = await sent(text);
    // Nothing at all, or one refusal.
    expect(answer === '' ? '' : answer.slice(0, 12)).toMatch(/^$|^HTTP\/1\.1 4\d\d$/);
    expect(await gateway.eventStore.head()).toBe(before);
    expect((await gateway.root.get('/health/live')).status).toBe(200);
  });
});
