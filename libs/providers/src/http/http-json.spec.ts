import fc from 'fast-check';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { JsonServer, says } from '#test/support/json-server.js';
import { ProviderFailure, type Subject } from '../provider.port.js';
import { Credentials } from './credentials.js';
import { GuardedGet } from './guarded-get.js';
import { HttpJson } from './http-json.provider.js';
import { Reach } from './reach.js';

const host: Subject = { id: 'h1', kind: 'host', name: 'web 1/2?#', ipAddress: '2001:db8::1', projectId: 'p' };

describe('JSON over HTTP', () => {
  let server: JsonServer;
  let http: HttpJson;
  beforeEach(async () => {
    server = await JsonServer.start();
    const cmdb = { value: 'Token s3cret', urls: [`${server.url}/api/`], projects: ['p'] };
    http = new HttpJson(new GuardedGet(new Reach(['127.0.0.1'])), new Credentials({ cmdb }));
  });
  afterEach(() => server.close());

  const ask = (settings: JsonObject, subject = host) =>
    http.lookup(settings, subject).ask(AbortSignal.timeout(20_000));
  const named = { authorization: { credential: 'cmdb' } };

  it('is asked at an address that says who is meant, and nothing else', async () => {
    server.at('/api/web%201%2F2%3F%23?ip=2001%3Adb8%3A%3A1&id=h1', says({ a: 1 }));
    const settings = { url: `${server.url}/api/{name}?ip={ip_address}&id={id}`, headers: named };
    http.check(settings, 'p');
    expect(await ask(settings)).toEqual({ a: 1 });
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Token s3cret' });
  });

  it('has one question for all when the address does not say who is meant', () => {
    const settings = { url: `${server.url}/api/ntp` };
    const question = (subject: Subject) => http.lookup(settings, subject).question;
    expect(question({ ...host, id: 'h2', name: 'other' })).toBe(question(host));
    // A credential may be there for one project and not for another.
    expect(question({ ...host, projectId: 'q' })).not.toBe(question(host));
  });

  it.each(['..', '.'])('is not asked where the name %s would lead', (name) => {
    const lookup = (path: string) => () =>
      http.lookup({ url: `${server.url}/api/${path}` }, { ...host, name });
    expect(lookup('{name}/x')).toThrow(/lead out/);
    expect(lookup('{name}')).toThrow(/lead out/);
    expect(lookup('a{name}?b={name}')).not.toThrow();
  });

  it('never leaves its origin and path, whatever somebody is called', () => {
    const placed = (name: string): URL | undefined => {
      try {
        return new URL(
          http
            .lookup({ url: `${server.url}/a/{name}/b?c={name}` }, { ...host, name })
            .question.split(' ')[0] ?? '',
        );
      } catch (error) {
        if (error instanceof ProviderFailure) return undefined;
        throw error;
      }
    };
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('.', '/', '\\', '%2e', '%', '?', '#', '@', ':', ' ', '\ud800') }),
    );
    fc.assert(
      fc.property(names, (name) => {
        const url = placed(name);
        if (!url) return;
        expect([url.origin, url.hash, url.username]).toEqual([server.url, '', '']);
        const [, a, segment = '', ...rest] = url.pathname.split('/');
        expect([a, decodeURIComponent(segment), ...rest]).toEqual(['a', name.toWellFormed(), 'b']);
        expect(url.searchParams.get('c')).toBe(name.toWellFormed());
      }),
    );
  });

  it('says what somebody has not', () => {
    const lookup = () =>
      http.lookup({ url: `${server.url}/{ip_address}` }, { ...host, kind: 'cell', ipAddress: null });
    expect(lookup).toThrow('a cell has no ip_address');
  });

  it('sends a credential only where it may go', async () => {
    const elsewhere = { url: `${server.url}/other`, headers: named };
    await expect(ask(elsewhere)).rejects.toMatchObject({ code: 'refused' });
    const others = { url: `${server.url}/api/x`, headers: named };
    await expect(ask(others, { ...host, projectId: 'q' })).rejects.toMatchObject({ code: 'refused' });
    expect(server.asked).toEqual([]);
  });

  const url = 'https://cmdb.example/{name}';
  it.each<[string, JsonObject, string]>([
    ['no url', {}, 'settings.url'],
    ['a number', { url: 1 }, 'settings.url'],
    ['another protocol', { url: 'file:///etc/passwd' }, 'settings.url'],
    ['no protocol', { url: '//cmdb.example/' }, 'settings.url'],
    ['a protocol in hiding', { url: 'https:cmdb.example/' }, 'settings.url'],
    ['a backslash', { url: 'https://cmdb.example\\@10.0.0.1/' }, 'settings.url'],
    ['a host that is a name', { url: 'https://{name}/' }, 'settings.url'],
    ['a port that is a name', { url: 'https://cmdb.example:{name}/' }, 'settings.url'],
    ['a password', { url: 'https://user:password@cmdb.example/' }, 'settings.url'],
    ['a host that is none', { url: 'https://[::/' }, 'settings.url'],
    ['an unknown place', { url: 'https://cmdb.example/{constructor}' }, 'settings.url'],
    ['half a place', { url: 'https://cmdb.example/{name' }, 'settings.url'],
    ['two lines', { url: 'https://cmdb.example/\r\nhost: x' }, 'settings.url'],
    ['no end', { url: `https://cmdb.example/${'x'.repeat(2000)}` }, 'settings.url'],
    ['an unknown member', { url, method: 'DELETE' }, 'settings.method'],
    ['a list of headers', { url, headers: [] }, 'settings.headers'],
    ['a header in the clear', { url, headers: { 'x-key': 'secret' } }, 'settings.headers.x-key'],
    ['a header that is ours', { url, headers: { Host: { credential: 'cmdb' } } }, 'settings.headers'],
    ['a header of two lines', { url, headers: { 'x\r\ny': { credential: 'cmdb' } } }, 'settings.headers'],
    ['an unknown credential', { url, headers: { 'x-key': { credential: 'x' } } }, 'settings.headers.x-key'],
    [
      'a credential for elsewhere',
      { url, headers: { 'x-key': { credential: 'cmdb' } } },
      'settings.headers.x-key',
    ],
  ])('refuses %s', (_, settings, member) => {
    const check = () => http.check(settings, 'p');
    expect(check).toThrow(DomainError);
    expect(check).toThrow(
      expect.objectContaining({
        code: 'validation-failed',
        violations: [expect.objectContaining({ member })],
      }),
    );
    expect(check).not.toThrow(/secret|password/);
  });

  it('refuses a credential of another project', () => {
    const settings = { url: `${server.url}/api/x`, headers: named };
    expect(() => http.check(settings, 'p')).not.toThrow();
    expect(() => http.check(settings, 'q')).toThrow(/not there for this project/);
  });
});
