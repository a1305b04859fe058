import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { stepContext } from '#test/support/steps.js';
import { HttpRequest } from './http-request.plugin.js';
import { Secrets } from './secrets.js';
import { StepPlugins } from './step-plugins.js';

const secret = 'Bearer tell-nobody';

describe('an http.request', () => {
  let dir: string;
  let server: Server;
  let url: string;
  let plugin: HttpRequest;
  let asked: { method?: string; headers: IncomingMessage['headers']; body: string }[];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'secrets-'));
    await writeFile(join(dir, 'billing'), `${secret}\n`);
    plugin = new HttpRequest(new Secrets(readConfig({ CRATON_SECRETS_DIR: dir })));
    const serve = async (request: IncomingMessage, response: ServerResponse) => {
      const { method = '', headers } = request;
      asked.push({ method, headers, body: await text(request) });
      answer(response, request);
    };
    server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?token=in-the-query`;
  });
  beforeEach(() => {
    asked = [];
    answer = (response) => void response.end('done');
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true });
  });

  const request = (input: JsonObject = {}, context = stepContext()) =>
    plugin.perform({ url, ...input }, context);
  const failure = async (requesting: Promise<unknown>): Promise<Error> => {
    try {
      await requesting;
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error('it did not fail');
  };

  it('posts JSON with the key of its work, and tells status and body', async () => {
    expect(await request({ body: { a: 1 } })).toEqual({ status: 200, body: 'done', truncated: false });
    expect(asked).toMatchObject([
      {
        method: 'POST',
        body: '{"a":1}',
        headers: { 'idempotency-key': 'r1/a/-/step', 'content-type': 'application/json' },
      },
    ]);
  });

  it('sends method, headers and text as they are', async () => {
    await request({ method: 'PUT', headers: { 'content-type': 'text/csv', 'x-a': 'b' }, body: 'a;b' });
    expect(asked).toMatchObject([
      { method: 'PUT', body: 'a;b', headers: { 'content-type': 'text/csv', 'x-a': 'b' } },
    ]);
  });

  it('sends secrets by name and tells them to nobody', async () => {
    answer = (response, { headers }) => void response.end(JSON.stringify(headers));
    const output = await request({ secret_headers: { authorization: 'billing' } });
    expect(asked[0]?.headers.authorization).toBe(secret);
    expect(JSON.stringify(output)).toContain('"authorization\\":\\"***');
    expect(JSON.stringify(output)).not.toContain('tell-nobody');
  });

  it('is refused when there is no such secret', async () => {
    const error = await failure(request({ secret_headers: { authorization: 'unknown' } }));
    expect(error).toBeInstanceOf(StepRefused);
    expect(error.message).toBe('the engine has no secret named unknown');
    const without = new HttpRequest(new Secrets(readConfig({})));
    await expect(
      without.perform({ url, secret_headers: { authorization: 'billing' } }, stepContext()),
    ).rejects.toThrow(/CRATON_SECRETS_DIR/);
    expect(asked).toEqual([]);
  });

  it.each([
    [500, false],
    [503, false],
    [429, false],
    [404, true],
    [302, true],
  ])('fails when the answer is %d (for good: %p), without telling path or query', async (status, isFinal) => {
    answer = (response) => void response.writeHead(status, { location: '/elsewhere' }).end();
    const error = await failure(request());
    expect(error instanceof StepRefused).toBe(isFinal);
    expect(error.message).toContain(`POST ${new URL(url).origin} answered ${status}`);
    expect(error.message).not.toMatch(/path|in-the-query/);
    expect(asked).toHaveLength(1);
  });

  it('takes the statuses that are expected, and no others', async () => {
    answer = (response) => void response.writeHead(404).end();
    expect(await request({ expected_statuses: [404] })).toMatchObject({ status: 404 });
    answer = (response) => void response.writeHead(200).end();
    await expect(request({ expected_statuses: [404] })).rejects.toThrow('answered 200');
  });

  it('records the beginning of a body that does not end', async () => {
    answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', more);
      more();
    };
    const output = await request();
    expect(output).toMatchObject({ truncated: true, body: 'x'.repeat(16_384) });
  });

  it('ends when the server does not answer in time', async () => {
    const context = stepContext();
    answer = () => {
      context.expire();
    };
    const error = await failure(request({}, context));
    expect(error).not.toBeInstanceOf(StepRefused);
    expect(error.message).toBe(`POST ${new URL(url).origin} could not be asked: the time is over`);
  });

  it('says that nobody answers, without telling the headers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const error = await failure(request({ url: `http://127.0.0.1:${port}/path` }));
    expect(error.message).toBe(`POST http://127.0.0.1:${port} could not be asked: ECONNREFUSED`);
  });

  it('is refused when its url is none', async () => {
    await expect(request({ url: 'http://[' })).rejects.toThrow(StepRefused);
  });

  it('does not repeat a secret that is no header', async () => {
    await writeFile(join(dir, 'broken'), 'two\nlines');
    const error = await failure(request({ secret_headers: { authorization: 'broken' } }));
    expect(error.message).not.toContain('lines');
  });

  it('is not called with an input that does not fit', () => {
    const plugins = new StepPlugins([plugin]);
    for (const wrong of [
      {},
      { url: 'ftp://host/' },
      { url: 'http://me:password@host/' },
      { url, method: 'TRACE' },
      { url, headers: { Authorization: secret } },
      { url, headers: { 'Idempotency-Key': 'x' } },
      { url, secret_headers: { 'x-a': '../etc/passwd' } },
      { url, nonsense: 1 },
    ]) {
      let message = '';
      try {
        plugins.fitting('http.request', wrong);
      } catch (error) {
        if (error instanceof StepRefused) message = error.message;
      }
      expect(message).toMatch(/^the input does not fit http.request: input/);
      expect(message).not.toMatch(/password@|tell-nobody/);
    }
    expect(plugins.fitting('http.request', { url })).toBe(plugin);
    expect(() => plugins.fitting('no.such', {})).toThrow('there is no plugin no.such');
  });
});
