import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { patienceFor } from '#apps/gateway/src/http/patience.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { until } from '#test/support/until.js';

describe('a connection', () => {
  let gateway: Gateway;
  let port: number;
  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.app.listen(0, '127.0.0.1');
    port = Number(new URL(await gateway.app.getUrl()).port);
  });
  afterAll(() => gateway.close());

  const fastify = () => gateway.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const ndjson = 'content-type: application/x-ndjson\r\ntransfer-encoding: chunked';
  const head = (path: string, more: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-auth-token: ${gateway.credentials?.api_key}\r\n${more}\r\n\r\n`;
  const send = async (text: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  const everything = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    return text;
  };

  it.each([
    ['something else than HTTP', 'GARBAGE\r\n\r\n', 400],
    ['a header that is too long', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /v1/clouds HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n', 400],
  ])('that carries %s is told so and closed', async (_, text, status) => {
    const answer = await everything(await send(text));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [head, body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, detail: 'the request could not be read' });
  });

  it.each([
    ['no host', 'GET /v1/clouds HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'Host must be sent'],
    [
      'no host, of what is not there',
      'GET /no HTTP/1.1\r\nconnection: close\r\n\r\n',
      400,
      'Host must be sent',
    ],
    [
      'two hosts',
      'GET /v1/clouds HTTP/1.1\r\nhost: a\r\nHost: b\r\nconnection: close\r\n\r\n',
      400,
      'Host must be sent once',
    ],
    [
      'an expectation that nobody meets',
      'POST /v1/clouds?x HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 2\r\n\r\n{}',
      417,
      'the only expectation that is met is 100-continue',
    ],
  ])('that asks with %s is told so in a problem', async (_, text, status, detail) => {
    const answer = await everything(await send(text));
    const [head, body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*application/problem\\+json`, 'i'));
    expect(JSON.parse(/\{.*\}/.exec(body)?.[0] ?? '')).toMatchObject({
      status,
      detail,
      instance: /^\S+ ([^? ]+)/.exec(text)?.[1],
    });
  });

  it('of HTTP/1.0 needs no host', async () => {
    const answer = await everything(await send('GET /health/live HTTP/1.0\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is told to go on with a body that it asks about', async () => {
    const head =
      'POST /v1/clouds HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/json';
    const answer = await everything(
      await send(`${head}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`),
    );
    expect(answer).toMatch(/^HTTP\/1.1 100 [^]*HTTP\/1.1 401 /);
  });

  it('has half a minute for the head of a request and half a minute for its body', () => {
    const { server, patience } = fastify();
    expect(patience).toEqual({ bodyMs: 30_000, idleMs: 30_000, uploadMs: 600_000 });
    expect(server).toMatchObject({
      requestTimeout: 720_000,
      headersTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
    });
  });

  describe('of a client that is too slow', () => {
    const usual = patienceFor();
    beforeEach(() => Object.assign(fastify().patience, { bodyMs: 100, idleMs: 100, uploadMs: 400 }));
    afterEach(() => {
      Object.assign(fastify().patience, usual);
      fastify().server.headersTimeout = 30_000;
    });

    it('is closed with 408 when the head does not end', async () => {
      fastify().server.headersTimeout = 100;
      const answer = await everything(await send('POST /v1/clouds HTTP/1.1\r\nhost: x\r\n'));
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
    });

    it.each([
      ['/v1/clouds', 408],
      ['/v1/import/netbox', 408],
      ['/nowhere', 408],
      ['/v1/clouds?x=%', 408],
      ['/%', 400],
    ])('is closed when the body of %s does not end', async (path, status) => {
      const socket = await send(head(path, 'content-type: application/json\r\ncontent-length: 100'));
      socket.write('{"name":');
      expect(await everything(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      await until(() => fastify().traffic.underWay === 0);
    });

    it('is closed although a little of the body comes now and then', async () => {
      const chunked = 'content-type: application/json\r\ntransfer-encoding: chunked';
      const socket = await send(head('/v1/clouds', chunked));
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 20);
      expect(await everything(socket).finally(() => clearInterval(drip))).toMatch(/^HTTP\/1.1 408 /);
    });

    /** So long that a busy machine gets to the import before. */
    const inTime = () => Object.assign(fastify().patience, { bodyMs: 1000 });
    const afterThat = async () => {
      const from = performance.now();
      await until(() => performance.now() - from > 1.2 * fastify().patience.bodyMs);
    };

    it('is told so where it imports and pauses, and nothing is imported', async () => {
      inTime();
      const before = (await gateway.events()).length;
      const answer = await everything(await send(`${head('/v1/import', ndjson)}5\r\n{"kin\r\n`));
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('the body paused for 0.1 seconds');
      expect(await gateway.events()).toHaveLength(before);
    });

    it('is told so where an import takes too long in all', async () => {
      Object.assign(fastify().patience, { bodyMs: 1000, idleMs: 30_000 });
      const socket = await send(head('/v1/import', ndjson));
      const drip = setInterval(() => socket.write('1\r\n\n\r\n'), 20);
      const answer = await everything(socket).finally(() => clearInterval(drip));
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('the body took more than 0.4 seconds');
    });

    it.each([
      ['taken', '/v1/clouds', '{"name":"kept"}', 201],
      ['refused', '/v1/clouds', '{"name":1}', 400],
      ['not looked at', '/v1/clouds?limit=x', '{}', 400],
      ['not found', '/nowhere', '{}', 404],
      ['not let in', '/v1/clouds', '{"name":"x"}', 401],
    ])('is left alone once the body is there, and was %s', async (_, path, body, status) => {
      inTime();
      const length = `content-type: application/json\r\ncontent-length: ${body.length}`;
      const asked = head(path, length);
      const socket = await send(
        status === 401 ? asked.replace(/x-auth-token: \S+/, 'x-auth-token: none') : asked,
      );
      let text = '';
      let closed = false;
      socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('close', () => (closed = true));
      socket.write(body);
      await until(() => text.startsWith(`HTTP/1.1 ${status} `));
      await afterThat();
      expect(closed).toBe(false);
      socket.write('GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => text.includes('HTTP/1.1 200 '));
      socket.destroy();
    });

    it('imports for as long as its body comes, longer than other requests may take', async () => {
      Object.assign(fastify().patience, { bodyMs: 1000, idleMs: 30_000, uploadMs: 600_000 });
      const socket = await send(head('/v1/import', `${ndjson}\r\nconnection: close`));
      const row = '{"kind":"cloud","name":"slow"}\n';
      socket.write(`${row.length.toString(16)}\r\n${row}\r\n`);
      await afterThat();
      socket.write('0\r\n\r\n');
      const answer = await everything(socket);
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      expect(answer).toContain('"created":1');
    });
  });

  it('that breaks in the middle of a request leaves nothing behind', async () => {
    const { traffic } = gateway.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const before = (await gateway.events()).length;
    const head = `POST /v1/clouds HTTP/1.1\r\nhost: x\r\nx-auth-token: ${gateway.credentials?.api_key}\r\n`;
    const socket = await send(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"na`);
    await until(() => traffic.underWay === 1);
    socket.destroy();
    await until(() => traffic.underWay === 0);
    expect(await gateway.events()).toHaveLength(before);
  });
});
