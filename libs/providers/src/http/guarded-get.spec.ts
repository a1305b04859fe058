import { gzipSync } from 'node:zlib';
import { inspect } from 'node:util';
import { type Answering, JsonServer, says, sends } from '#test/support/json-server.js';
import { GuardedGet } from './guarded-get.js';
import { Reach } from './reach.js';

const failure = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

describe('a GET to wherever users say', () => {
  let server: JsonServer;
  beforeEach(async () => {
    server = await JsonServer.start();
  });
  afterEach(() => server.close());

  const get = (url: string, { ms = 20_000, headers = {} } = {}) =>
    new GuardedGet(new Reach(['127.0.0.1'])).json(new URL(url), headers, AbortSignal.timeout(ms));
  const answered = (answer: Answering, ms?: number) =>
    get(server.at('/x?token=secret', answer), { ...(ms && { ms }) });

  it('answers with what was said, and asks for no more than that', async () => {
    expect(await get(server.at('/a', says({ a: [1] })), { headers: { 'x-key': 'k' } })).toEqual({ a: [1] });
    expect(server.asked[0]?.headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'x-key': 'k',
      host: `127.0.0.1:${server.port}`,
    });
    const others = sends('null', { 'content-type': 'application/hal+json; charset=utf-8' });
    expect(await answered(others)).toBeNull();
  });

  it('connects to the address that was looked at, whatever the name means the next moment', async () => {
    const meanings = ['127.0.0.1', '127.0.0.2'];
    const reach = new Reach(['127.0.0.1'], async () => [{ address: meanings.shift() ?? '', family: 4 }]);
    server.at('/a', says(1));
    const url = new URL(`http://rebound.example:${server.port}/a`);
    expect(await new GuardedGet(reach).json(url, {}, AbortSignal.timeout(20_000))).toBe(1);
    expect(server.asked[0]?.headers.host).toBe(`rebound.example:${server.port}`);
    expect(meanings).toEqual(['127.0.0.2']);
    const again = new GuardedGet(reach).json(url, {}, AbortSignal.timeout(20_000));
    await expect(again).rejects.toMatchObject({ code: 'refused' });
  });

  it('does not follow a redirect', async () => {
    const inwards = server.at('/inwards', sends('the secret'));
    for (const status of [301, 302, 303, 307, 308]) {
      const redirect: Answering = (_, response) => response.writeHead(status, { location: inwards }).end();
      await expect(answered(redirect)).rejects.toMatchObject(
        failure('unusable', /redirects are not followed/),
      );
    }
    expect(server.asked.map(({ url }) => url)).not.toContain('/inwards');
  });

  it.each([
    [500, 'unavailable'],
    [503, 'unavailable'],
    [429, 'unavailable'],
    [404, 'unusable'],
    [401, 'unusable'],
    [204, 'unusable'],
  ])('takes %d for %s', async (status, code) => {
    const answer: Answering = (_, response) => response.writeHead(status).end();
    await expect(answered(answer)).rejects.toMatchObject({ code });
  });

  const endless: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (response.write('"'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  };
  const bomb = gzipSync(Buffer.alloc(50_000_000, '1'));
  it.each<[string, Answering, RegExp]>([
    ['an endless answer', endless, /more than 1048576 bytes/],
    [
      'an answer that says it is too long',
      sends('1', { 'content-length': '2000000' }),
      /more than 1048576 bytes/,
    ],
    ['a compressed bomb', sends(bomb, { 'content-encoding': 'gzip' }), /compressed/],
    ['a page', sends('<html>', { 'content-type': 'text/html' }), /does not answer with JSON/],
    ['what is no JSON', sends('{"a":'), /is not JSON/],
    ['what is no UTF-8', sends(Buffer.from([0x22, 0xff, 0x22])), /is not JSON in UTF-8/],
    ['nothing', sends(''), /is not JSON/],
    ['endless nesting', sends('['.repeat(100_000)), /nested deeper than 64 levels/],
    ['nesting that is closed', sends(`${'['.repeat(65)}${']'.repeat(65)}`), /nested deeper than 64 levels/],
  ])('refuses %s', async (_, answer, message) => {
    await expect(answered(answer)).rejects.toMatchObject(failure('unusable', message));
  });

  it('takes brackets in texts for texts', async () => {
    expect(await answered(says({ a: `\\"${'['.repeat(1000)}` }))).toEqual({ a: `\\"${'['.repeat(1000)}` });
  });

  const silent: Answering = () => undefined;
  const slow: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 5);
    response.once('close', () => clearInterval(timer));
  };
  it.each([
    ['says nothing', silent],
    ['says it letter by letter', slow],
  ])('ends with its signal when somebody %s', async (_, answer) => {
    await expect(answered(answer, 100)).rejects.toMatchObject(failure('unavailable', /no answer in time/));
  });

  it('says when nobody listens, or when the connection breaks', async () => {
    const breaks: Answering = (request) => request.socket.destroy();
    await expect(answered(breaks)).rejects.toMatchObject(failure('unavailable', /ECONNRESET/));
    const { url } = server;
    await server.close();
    await expect(get(url)).rejects.toMatchObject(failure('unavailable', /ECONNREFUSED/));
    server = await JsonServer.start();
  });

  it('has neither path, query, header nor answer in an error', async () => {
    const headers = { authorization: 'the-key' };
    for (const answer of [sends('the-answer'), sends('x', { 'content-type': 'text/plain' }), silent]) {
      const url = server.at('/the-path?the-query', answer);
      const error: unknown = await get(url, { ms: 200, headers }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/the-(path|query|key|answer)/);
    }
  });
});
