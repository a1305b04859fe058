import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
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

  it('has half a minute to bring a request, and is looked at often enough', () => {
    const { server } = gateway.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    expect(server).toMatchObject({
      requestTimeout: 30_000,
      headersTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
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
