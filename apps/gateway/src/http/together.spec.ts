import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import fastify, { type FastifyInstance } from 'fastify';
import { answerTogether } from './together.js';

let server: FastifyInstance;
let port: number;
const url = (path: string) => `http://127.0.0.1:${port}${path}`;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = fastify();
  answerTogether(server);
  server.get('/text', async () => ({ answered: true }));
  server.get('/refused', async (_request, reply) => reply.code(409).send({ answered: false }));
  server.get('/failing', async () => {
    throw new Error('as it must');
  });
  server.get('/nothing', async (_request, reply) => reply.code(204).send());
  server.get('/stream', async (_request, reply) => reply.send(Readable.from(['one ', 'two'])));
  server.get('/unwritable', async (_request, reply) => reply.header('x-broken', 'a\nb').send({}));
  await server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.server.address() as AddressInfo);
});
afterAll(async () => {
  await server.close();
  Logger.overrideLogger(true);
});

describe('answers that are written together', () => {
  it.each([
    ['/text', 200, '{"answered":true}'],
    ['/refused', 409, '{"answered":false}'],
    ['/failing', 500, expect.stringContaining('as it must')],
    ['/nothing', 204, ''],
    ['/stream', 200, 'one two'],
  ])('are whole: %s', async (path, status, body) => {
    const response = await fetch(url(path));
    expect([response.status, await response.text()]).toEqual([status, body]);
  });

  it('have no body where none is asked for', async () => {
    const response = await fetch(url('/text'), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '17',
      '',
    ]);
  });

  it('come in the order of the questions on one connection', async () => {
    const socket = connect(port, '127.0.0.1');
    const ask = (path: string, last: string) =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: ${last}\r\n\r\n`;
    socket.end(ask('/text', 'keep-alive') + ask('/stream', 'keep-alive') + ask('/refused', 'close'));
    const answer = (await socket.setEncoding('utf8').toArray()).join('');
    const places = ['{"answered":true}', 'two', '{"answered":false}'].map((text) => answer.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('break off only the connection of the one that cannot be written', async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const closed = once(socket.resume(), 'close');
    socket.write('GET /unwritable HTTP/1.1\r\nHost: a\r\n\r\n');
    await closed;
    expect((await fetch(url('/text'))).status).toBe(200);
  });
});
