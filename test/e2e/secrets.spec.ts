import { randomBytes } from 'node:crypto';
import { notify } from '#libs/notifications/src/notification.policy.js';
import type { Recorded } from '#libs/kernel/src/event.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const clear = 'never-to-be-told-7f3a';
const mask = { $secret: true };

const eventStore = new MemoryEventStore();
let gateway: Gateway;
let path: string;
let regionPath: string;

const start = (key?: string) =>
  startGateway({ eventStore, environment: key === undefined ? {} : { CRATON_SECRET_KEY: key } });

beforeAll(async () => {
  gateway = await start(`old:${older}`);
});
afterAll(async () => {
  await gateway.close();
  await eventStore.close();
});
beforeEach(async () => {
  const { regionId } = await newRegion(gateway.root);
  const host = { name: 'host', region_id: regionId, ...hardware };
  path = `/v1/hosts/${(await made(gateway.root.post('/v1/hosts', host))).body.id}`;
  regionPath = `/v1/regions/${regionId}`;
});

const put = (body: object, query = '', client: Client = gateway.root, headers = {}) =>
  client.put(`${path}/variables${query}`, body, headers);
const shown = async (query = '', client: Client = gateway.root) =>
  (await client.get(`${path}/variables${query}`)).body.variables;
const count = async () => (await gateway.events()).length;

const userWith = async (role: string): Promise<Client> => {
  const body = { username: `${role}-${Math.random()}`, roles: [role] };
  return gateway.as((await made(gateway.root.post('/v1/users', body))).body.api_key);
};

describe('a secret variable', () => {
  it('is shown as a mask, and in clear when that is asked for', async () => {
    const answer = await put({ password: { user: 'kim', word: clear }, port: 22 }, '?secret=password');
    expect([answer.status, answer.body]).toEqual([200, { variables: { password: mask, port: 22 } }]);
    expect(await shown()).toEqual({ password: mask, port: 22 });
    expect((await gateway.root.get(path)).body.variables).toEqual({ password: mask, port: 22 });
    const open = await gateway.root.get(`${path}/variables?secrets=true`);
    expect(open.body.variables).toEqual({ password: { user: 'kim', word: clear }, port: 22 });
    expect(open.headers['cache-control']).toBe('no-store');
    expect(gateway.lines.filter(({ msg }) => msg === 'secrets are shown').at(-1)).toMatchObject({
      level: 'info',
      user: 'admin',
      requestId: open.headers['x-openstack-request-id'],
      seen: [{ owner: path.slice(10), key: 'password' }],
    });
  });

  it('is inherited, and shadows what is farther away', async () => {
    await gateway.root.put(`${regionPath}/variables?secret=token`, { token: clear, ntp: 'region' });
    await put({ ntp: 'own' }, '?secret=ntp');
    expect(await shown()).toEqual({ token: mask, ntp: mask });
    expect(await shown('?secrets=true')).toEqual({ token: clear, ntp: 'own' });
    const explained = await shown('?explain=true&secrets=true');
    expect(explained).toMatchObject({
      token: { value: clear, nature: 'secret', owner: { kind: 'region' } },
      ntp: { value: 'own', nature: 'secret', shadows: [{ value: 'region' }] },
    });
    expect(await shown('?explain=true')).toMatchObject({ token: { value: mask, nature: 'secret' } });
  });

  it.each([
    ['admin', 200],
    ['operator', 403],
    ['viewer', 403],
    ['auditor', 403],
  ])('is shown in clear to %s: %i', async (role, status) => {
    await put({ password: clear }, '?secret=password');
    const client = await userWith(role);
    const answer = await client.get(`${path}/variables?secrets=true`);
    expect(answer.status).toBe(status);
    expect(answer.text.includes(clear)).toBe(status === 200);
    expect(await shown('', client)).toEqual({ password: mask });
  });

  it('is not there for other projects', async () => {
    await put({ password: clear }, '?secret=password');
    const other = await stranger(gateway);
    expect((await other.get(`${path}/variables?secrets=true`)).status).toBe(404);
  });

  it('stays a secret until it is removed', async () => {
    await put({ password: 'first' }, '?secret=password');
    expect((await put({ password: clear, port: 1 })).body.variables).toEqual({ password: mask, port: 1 });
    expect(await shown('?secrets=true')).toEqual({ password: clear, port: 1 });
    await gateway.root.ask('DELETE', `${path}/variables`, ['password']);
    await put({ password: 'plain' });
    expect(await shown()).toEqual({ password: 'plain', port: 1 });
    await put({ password: clear }, '?secret=password');
    expect(await shown()).toEqual({ password: mask, port: 1 });
  });

  it('is not overwritten by its mask, and nothing else becomes one', async () => {
    await put({ password: clear }, '?secret=password');
    const before = await count();
    expect((await put(await shown())).status).toBe(200);
    expect(await count()).toBe(before);
    expect(await shown('?secrets=true')).toEqual({ password: clear });
    const refused = await put({ other: mask, third: { $bound: true } });
    expect([refused.status, refused.body.errors.map(({ member }: { member: string }) => member)]).toEqual([
      400,
      ['other', 'third'],
    ]);
    const host = { name: 'another', region_id: regionPath.slice(12), ...hardware, variables: { a: mask } };
    expect((await gateway.root.post('/v1/hosts', host)).status).toBe(400);
    expect(await count()).toBe(before);
  });

  it('stays when all is replaced by what was shown, and goes when it is left out', async () => {
    await put({ password: clear, a: 1 }, '?secret=password');
    await put({ ...(await shown()), a: 2 }, '?replace=true');
    expect(await shown('?secrets=true')).toEqual({ password: clear, a: 2 });
    await put({ a: 3 }, '?replace=true');
    expect(await shown()).toEqual({ a: 3 });
  });

  it('is not written again with the value it has, which only who may read it can notice', async () => {
    await put({ password: clear }, '?secret=password');
    const before = await count();
    expect((await put({ password: clear })).status).toBe(200);
    expect(await count()).toBe(before);
    const operator = await userWith('operator');
    const started = await count();
    await put({ password: clear }, '', operator);
    await put({ password: 'another' }, '', operator);
    expect(await count()).toBe(started + 2);
  });

  it('is kept to the revision that a change is based on', async () => {
    const tag = (await put({ password: clear }, '?secret=password')).headers['etag'] ?? '';
    const stale = { 'if-match': '"-1"' };
    expect((await put({ password: 'x' }, '', gateway.root, stale)).status).toBe(412);
    expect((await put({ password: 'x' }, '', gateway.root, { 'if-match': tag })).status).toBe(200);
  });

  it('is written once under one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'sealed-once' };
    const first = await put({ password: clear }, '?secret=password', gateway.root, key);
    const before = await count();
    const again = await put({ password: clear }, '?secret=password', gateway.root, key);
    expect([again.status, again.body, await count()]).toEqual([200, first.body, before]);
    expect((await put({ password: 'x' }, '?secret=password', gateway.root, key)).status).toBe(422);
  });

  it('is found by its mask, never by its value', async () => {
    await put({ password: clear }, '?secret=password');
    const search = async (vars: string) =>
      (await gateway.root.get(`/v1/hosts?id=${path.slice(10)}&vars=${encodeURIComponent(vars)}`)).body.hosts
        .length;
    for (const vars of [`password:"${clear}"`, `password:"never"`, `password prefix "n"`, `password >= ""`])
      expect([vars, await search(vars)]).toEqual([vars, 0]);
    expect(await search('password exists')).toBe(1);
  });

  it('is read as it was', async () => {
    await put({ password: 'first' }, '?secret=password');
    const then = (await put({ password: clear })).headers['craton-cursor'];
    await put({ password: 'third' });
    expect(await shown(`?secrets=true&as_of=${then}`)).toEqual({ password: clear });
  });

  it('may be as large as any variable, and there may be as many', async () => {
    const large = { big: 'ü'.repeat(250 * 1024) };
    expect((await put(large, '?secret=big')).body).toEqual({ variables: { big: mask } });
    expect(await shown('?secrets=true')).toEqual(large);
    await gateway.root.ask('DELETE', `${path}/variables`, ['big']);
    const names = Array.from({ length: 1000 }, (_, index) => `k${index}`);
    const values = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
    await put(values('plain'));
    for (let at = 0; at < 1000; at += 250) {
      const query = names.slice(at, at + 250).map((name) => `secret=${name}`);
      expect((await put(values('short'), `?${query.join('&')}`)).status).toBe(200);
    }
    expect((await put(values('x'.repeat(500)))).status).toBe(200);
    expect(await shown('?secrets=true')).toEqual(values('x'.repeat(500)));
  });

  it('is nowhere in clear but where it is asked for', async () => {
    const key = { 'idempotency-key': 'nowhere', 'x-craton-reason': 'rotation' };
    await put({ password: { deep: [clear] }, note: 'x' }, '?secret=password', gateway.root, key);
    await put({ password: clear }, '?secret=password&secret=unknown');
    await gateway.root.put(`${regionPath}/variable-schemas`, { password: { type: 'integer' } });
    expect((await put({ password: { [clear]: clear } })).status).toBe(400);
    const { paths } = (await gateway.root.get('/openapi.json')).body;
    const ids: Record<string, string> = { hosts: path.slice(10), regions: regionPath.slice(12) };
    const texts: string[] = [];
    for (const [route, { get }] of Object.entries<{ get?: object }>(paths)) {
      if (get === undefined) continue;
      const place = route.split('/')[2] ?? '';
      const address = route.replace(/\{\w+\}/g, ids[place] ?? gateway.credentials?.project_id ?? '');
      for (const query of ['', '?details=true', '?resolved-values=true', '?explain=true', '?check=true'])
        texts.push((await gateway.root.get(address + query)).text);
    }
    for (const format of ['ndjson', 'yaml', 'csv', 'graphviz', 'prometheus'])
      texts.push((await gateway.root.get(`/v1/export?format=${format}&resolved-values=true`)).text);
    const events = await gateway.events();
    texts.push(
      JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    );
    texts.push(JSON.stringify(events.flatMap((event) => notify(event as unknown as Recorded))));
    texts.push(JSON.stringify(gateway.lines));
    const telling = texts.filter((text) => text.includes(clear));
    expect(telling.map((text) => text.slice(0, 200))).toEqual([]);
    expect(texts.filter((text) => text.includes('"$secret":true')).length).toBeGreaterThan(4);
  });

  it.each([
    ['?secret=other', { password: 1 }, 400],
    ['?secret=', { password: 1 }, 400],
    ['?secret=__proto__', { password: 1 }, 400],
    [`?secret=${'x'.repeat(256)}`, { password: 1 }, 400],
    ['?secrets=true', { password: 1 }, 400],
    ['?secret=a&secret=a', { a: 1 }, 200],
  ])('PUT %s %j: %i', async (query, body, status) => {
    expect((await put(body, query)).status).toBe(status);
  });
});

describe('keys of secrets', () => {
  it('are changed by putting a new one in front; without them secrets stay hidden', async () => {
    await put({ password: clear, other: 'x' }, '?secret=password&secret=other');
    const rotated = await start(`new:${newer},old:${older}`);
    const { root } = gateway;
    const { ask } = { ask: (key: string) => rotated.as(key) };
    const admin = ask(gateway.credentials?.api_key ?? '');
    const read = async (client: Client) =>
      (await client.get(`${path}/variables?secrets=true`)).body.variables;
    expect(await read(admin)).toEqual({ password: clear, other: 'x' });
    // The same value again is sealed with the new key.
    const put2 = await admin.put(`${path}/variables`, { password: clear });
    expect(put2.status).toBe(200);
    const sealed = (await rotated.events()).at(-1)?.data as { values: Record<string, { key: string }> };
    expect(sealed.values['password']?.key).toBe('new');
    await rotated.close();

    const without = await start();
    const client = without.as(gateway.credentials?.api_key);
    const error = expect.stringMatching(/^is sealed with key "(old|new)", which is not at hand$/);
    expect(await read(client)).toEqual({ password: { ...mask, error }, other: { ...mask, error } });
    expect((await client.get(`${path}/variables`)).body.variables).toEqual({ password: mask, other: mask });
    for (const query of ['', '?secret=password']) {
      const refused = await client.put(`${path}/variables${query}`, { password: 'y' });
      expect([refused.status, refused.body.type]).toEqual([409, '/problems/illegal-state']);
    }
    expect((await client.put(`${path}/variables`, { plain: 1 })).status).toBe(200);
    await without.close();
    expect((await root.get(path)).status).toBe(200);
  });

  it('must be keys, and are not repeated when they are not', async () => {
    await expect(start('not-a-key-at-all')).rejects.toThrow(/CRATON_SECRET_KEY must be 32 bytes/);
    await expect(start('not-a-key-at-all')).rejects.not.toThrow(/not-a-key-at-all/);
  });
});
