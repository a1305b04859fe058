import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { NetBoxClient, type NetBoxClientOptions } from './netbox-client.js';

const token = 'd34db33fd34db33fd34db33fd34db33fd34db33f';
let url = '';
let asked: string[] = [];
let authorizations: (string | undefined)[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  authorizations.push(request.headers.authorization);
  answer(request, response);
});

const json = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const wrongUrl = { code: 'validation-failed', violations: [{ member: 'url' }] };

const list = (options: Partial<NetBoxClientOptions> = {}) => {
  const client = new NetBoxClient({
    url,
    token,
    signal: AbortSignal.timeout(20_000),
    firstPauseMs: 1,
    ...options,
  });
  return Array.fromAsync(client.list('dcim/sites'));
};

beforeAll((done) => {
  server.listen(0, '127.0.0.1', done);
});
beforeEach(() => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/netbox`;
  asked = [];
  authorizations = [];
});
afterAll((done) => {
  server.closeAllConnections();
  server.close(done);
});

describe('a client of NetBox', () => {
  it('follows the pages and sends its token with each', async () => {
    answer = (request, response) => {
      const offset = Number(new URL(request.url ?? '', url).searchParams.get('offset') ?? 0);
      const next = offset < 2 ? `${url}/api/dcim/sites/?limit=1&offset=${offset + 1}` : null;
      json(response, { count: 3, next, previous: null, results: [{ id: offset }] });
    };
    expect(await list({ pageSize: 1 })).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
    expect(asked[0]).toBe('/netbox/api/dcim/sites/?limit=1');
    expect(authorizations).toEqual(Array.from({ length: 3 }, () => `Token ${token}`));
  });

  it.each([
    ['another host', 'http://192.0.2.1/netbox/api/dcim/sites/?offset=1'],
    ['another scheme', 'https://127.0.0.1/netbox/api/dcim/sites/?offset=1'],
    ['another path', '/admin/'],
    ['no address at all', 'http://'],
    ['a number', 7],
  ])('does not take its token to %s', async (_, next) => {
    answer = (_request, response) => json(response, { next, results: [] });
    await expect(list()).rejects.toMatchObject(wrongUrl);
    expect(asked).toHaveLength(1);
  });

  it('does not go around in circles', async () => {
    answer = (request, response) =>
      json(response, { next: new URL(request.url ?? '', url).href, results: [{ id: 1 }] });
    await expect(list()).rejects.toMatchObject(wrongUrl);
    expect(asked).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `${url}/elsewhere` }).end();
    await expect(list()).rejects.toMatchObject(wrongUrl);
    expect(asked).toHaveLength(1);
  });

  it('tries again what may pass, and no refusal', async () => {
    answer = (_request, response) =>
      asked.length < 3 ? json(response, {}, 503) : json(response, { next: null, results: [{ id: 1 }] });
    expect(await list()).toEqual([{ id: 1 }]);
    asked = [];
    answer = (_request, response) => json(response, { detail: 'Invalid token' }, 403);
    await expect(list()).rejects.toMatchObject({
      code: 'validation-failed',
      violations: [{ member: 'token' }],
    });
    expect(asked).toHaveLength(1);
  });

  it.each([500, 501])('takes %i for a NetBox that is broken', async (status) => {
    answer = (_request, response) => json(response, {}, status);
    await expect(list()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['not JSON', '<html>secret-body</html>'],
    ['no page', '{"detail":"secret-body"}'],
    ['no objects', '{"next":null,"results":[1]}'],
  ])('refuses an answer that is %s, without quoting it', async (_, body) => {
    answer = (_request, response) => response.writeHead(200).end(body);
    const error: unknown = await list().catch((caught: unknown) => caught);
    expect(error).toMatchObject(wrongUrl);
    expect(inspect(error)).not.toContain('secret-body');
  });

  it('stops reading a page that is too long', async () => {
    answer = (_request, response) => json(response, { next: null, results: [{ name: 'x'.repeat(100_000) }] });
    await expect(list({ pageBytes: 50_000 })).rejects.toMatchObject(wrongUrl);
  });

  it('gives up on silence, and shows its token to nobody', async () => {
    answer = () => undefined;
    const error: unknown = await list({ timeoutMs: 20, tries: 2 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'unavailable' });
    const client = new NetBoxClient({ url, token, signal: AbortSignal.timeout(1000) });
    expect(inspect([error, client], { depth: 9, showHidden: true })).not.toContain(token);
    expect(JSON.stringify(client)).not.toContain(token);
  });

  it('stops when it is called off', async () => {
    const caller = new AbortController();
    answer = () => caller.abort();
    await expect(list({ signal: caller.signal })).rejects.toMatchObject({
      message: expect.stringContaining('called off') as string,
    });
  });

  it.each(['ftp://netbox', 'http://user:secret@netbox', 'netbox', 'file:///etc/passwd'])(
    'refuses the address %s',
    (address) => {
      const made = () => new NetBoxClient({ url: address, token, signal: AbortSignal.timeout(1000) });
      expect(made).toThrow(expect.objectContaining({ code: 'validation-failed' }) as Error);
      expect(made).not.toThrow(/secret/);
    },
  );

  it('refuses a token that would break out of its header', () => {
    const made = () => new NetBoxClient({ url, token: 'a\r\nx: y', signal: AbortSignal.timeout(1000) });
    expect(made).toThrow(expect.objectContaining({ code: 'validation-failed' }) as Error);
  });
});
