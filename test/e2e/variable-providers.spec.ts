import { made } from '#test/support/places.js';
import { LookingUp } from '#test/support/looking-up.js';

let scene: LookingUp;
beforeAll(async () => {
  scene = await LookingUp.start();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

const http = (path: string) => scene.http(path);
const newHost = () => scene.newHost();
const bind = (path: string, bindings: unknown) => scene.bind(path, bindings);
const bound = (path: string, bindings: object) => scene.bound(path, bindings);
const get = (path: string) => scene.get(path);

describe('a binding', () => {
  const settings = { url: 'https://cmdb.example/' };
  it.each<[string, unknown, string | undefined]>([
    ['that is no object', { x: 1 }, ''],
    ['with a list', [], ''],
    ['without a provider', { x: { settings } }, 'x.provider'],
    ['with an unknown provider', { x: { provider: 'ldap', settings } }, 'x.provider'],
    ['without settings', { x: { provider: 'http-json' } }, 'x.settings'],
    ['with an unknown member', { x: { provider: 'http-json', settings, method: 'PUT' } }, 'x.method'],
    ['without an address', { x: { provider: 'http-json', settings: {} } }, 'x.settings.url'],
    [
      'with a file',
      { x: { provider: 'http-json', settings: { url: 'file:///etc/passwd' } } },
      'x.settings.url',
    ],
    [
      'with a secret in clear',
      { x: { provider: 'http-json', settings: { ...settings, headers: { a: 's3cret' } } } },
      'x.settings.headers.a',
    ],
    [
      'with a credential for elsewhere',
      { x: { provider: 'http-json', settings: { ...settings, headers: { a: { credential: 'cmdb' } } } } },
      'x.settings.headers.a',
    ],
    ['with no JSONPath', { x: { provider: 'http-json', settings, path: 'a.b' } }, 'x.path'],
    [
      'with a JSONPath of depth 1,000',
      { x: { provider: 'http-json', settings, path: `$${'[?@'.repeat(300)}` } },
      'x.path',
    ],
    ['with no patience', { x: { provider: 'http-json', settings, timeout_ms: 0 } }, 'x.timeout_ms'],
    ['with too much of it', { x: { provider: 'http-json', settings, timeout_ms: 60_000 } }, 'x.timeout_ms'],
    ['with no time at all', { x: { provider: 'http-json', settings, cache_seconds: -1 } }, 'x.cache_seconds'],
    ['with another way out', { x: { provider: 'http-json', settings, on_failure: 'panic' } }, 'x.on_failure'],
    ['of a host that is none', { x: { provider: 'nova.servers', settings: { host: 7 } } }, 'x.settings.host'],
  ])('%s is refused', async (_, bindings, member) => {
    const { host } = await newHost();
    const answer = await bind(host, bindings);
    expect([answer.status, answer.body.errors[0].member]).toEqual([400, member]);
    expect(answer.text).not.toContain('s3cret');
    expect((await get(`${host}/variables`)).variables).toEqual({});
  });

  it('names everything that is wrong in all of them at once', async () => {
    const { host } = await newHost();
    const answer = await bind(host, {
      a: { provider: 'ldap' },
      b: { provider: 'ldap', settings: {} },
      c: http('/x'),
    });
    expect(answer.body.errors.map(({ member }: { member: string }) => member)).toEqual([
      'a.settings',
      'b.provider',
    ]);
  });

  it('is one of few', async () => {
    const { host } = await newHost();
    const many = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`k${from + index}`, http('/x')]));
    expect((await bind(host, many(0, 33))).status).toBe(400);
    await bound(host, many(0, 32));
    await bound(host, many(0, 32));
    expect((await bind(host, many(32, 33))).status).toBe(409);
  });

  it('is not for who may only write other keys, or only read', async () => {
    const { host } = await newHost();
    const key = async (body: object) => {
      const user = (await made(scene.gateway.root.post('/v1/users', body))).body;
      return scene.gateway.as(user.api_key);
    };
    const limited = await key({
      username: `limited ${scene.serial}`,
      roles: ['operator'],
      variable_prefixes: ['team.'],
    });
    const put = { 'team.x': http('/x') };
    expect((await limited.put(`${host}/variable-providers`, { ...put, other: http('/x') })).status).toBe(403);
    expect((await limited.put(`${host}/variable-providers`, put)).status).toBe(200);
    const viewer = await key({ username: `viewer ${scene.serial}`, roles: ['viewer'] });
    expect((await viewer.put(`${host}/variable-providers`, put)).status).toBe(403);
    expect((await viewer.get(`${host}/variable-providers`)).status).toBe(200);
  });
});
