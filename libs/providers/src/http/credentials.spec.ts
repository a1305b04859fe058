import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Credentials } from './credentials.js';

describe('credentials of providers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'craton-credentials-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  const file = (text: string, mode = 0o600) => {
    const path = join(directory, 'credentials.json');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const cmdb = {
    value: 'Token s3cret',
    urls: ['https://cmdb.example/api/', 'https://one.example/x'],
    projects: ['p1'],
  };
  const ask = (credentials: Credentials, url: string, projectId = 'p1', name = 'cmdb') =>
    credentials.valueFor({ name, url: new URL(url), projectId });

  it('go where their file says, for whom it says', () => {
    const credentials = Credentials.read(file(JSON.stringify({ cmdb, all: { ...cmdb, projects: '*' } })));
    expect(ask(credentials, 'https://cmdb.example/api/hosts?x=1')).toBe('Token s3cret');
    expect(ask(credentials, 'https://CMDB.example:443/api/')).toBe('Token s3cret');
    expect(ask(credentials, 'https://one.example/x')).toBe('Token s3cret');
    expect(ask(credentials, 'https://cmdb.example/api/', 'p2', 'all')).toBe('Token s3cret');
  });

  it.each([
    ['another project', 'https://cmdb.example/api/', 'p2'],
    ['another path', 'https://cmdb.example/apix/', 'p1'],
    ['a path above', 'https://cmdb.example/api/../x', 'p1'],
    ['below what is no folder', 'https://one.example/x/y', 'p1'],
    ['another host', 'https://evil.example/api/', 'p1'],
    ['a host that begins alike', 'https://cmdb.example.evil.example/api/', 'p1'],
    ['another port', 'https://cmdb.example:8443/api/', 'p1'],
    ['an open line', 'http://cmdb.example/api/', 'p1'],
  ])('do not go to %s', (_, url, project) => {
    expect(ask(new Credentials({ cmdb }), url, project)).toBeUndefined();
    expect(ask(new Credentials({ cmdb }), 'https://cmdb.example/api/', 'p1', 'toString')).toBeUndefined();
  });

  it.each([
    ['that others may read', JSON.stringify({ cmdb }), 0o640, /readable by its owner only/],
    ['that is no JSON', '{"cmdb": s3cret', 0o600, /is not JSON/],
    ['without an object', '["s3cret"]', 0o600, /must hold an object/],
    [
      'with a value of two lines',
      JSON.stringify({ cmdb: { ...cmdb, value: 's3cret\r\nx' } }),
      0o600,
      /cmdb: value/,
    ],
    ['without places', JSON.stringify({ cmdb: { ...cmdb, urls: [] } }), 0o600, /cmdb: urls/],
    ['with other places', JSON.stringify({ cmdb: { ...cmdb, urls: ['file:///'] } }), 0o600, /cmdb: urls/],
    [
      'that does not say for whom',
      JSON.stringify({ cmdb: { ...cmdb, projects: undefined } }),
      0o600,
      /cmdb: projects/,
    ],
  ])('are not taken from a file %s, which is not quoted', (_, text, mode, message) => {
    const path = file(text, mode);
    const reading = () => Credentials.read(path);
    expect(reading).toThrow(message);
    expect(reading).not.toThrow(/s3cret/);
  });

  it('are not taken from a file that is not there, or is none', () => {
    const missing = join(directory, 'missing.json');
    expect(() => Credentials.read(missing)).toThrow(`${missing} cannot be read: there is no such file`);
    expect(() => Credentials.read(directory)).toThrow(/cannot be read: EISDIR|by its owner only/);
  });

  it('cannot be seen by looking', () => {
    expect(inspect(new Credentials({ cmdb }), { depth: 9, showHidden: true })).not.toMatch(/s3cret/);
    expect(JSON.stringify(new Credentials({ cmdb }))).not.toMatch(/s3cret/);
  });
});
