import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { type Belongings, belongings } from '#test/support/mischief/belongings.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

interface Parameter {
  readonly name: string;
  readonly schema?: { readonly pattern?: string };
}
type Thing = Readonly<Record<string, unknown>>;
type Links = readonly { readonly rel: string; readonly href: string }[];

const rels = (links: Links): string[] => links.map(({ rel }) => rel);
const to = (links: Links, wanted: string): string | undefined =>
  links.find(({ rel }) => rel === wanted)?.href.replace('http://localhost:80', '');

const things = (body: Record<string, unknown>): readonly Thing[] =>
  Object.entries(body).find(([name]) => name !== 'links')?.[1] as readonly Thing[];

describe('every list over REST', () => {
  let gateway: Gateway;
  let own: Belongings;
  /** Path of each list, its collection, and what it can be sorted by. */
  let lists: { readonly path: string; readonly name: string; readonly keys: readonly string[] }[];

  beforeAll(async () => {
    gateway = await startGateway();
    own = await belongings(gateway.root);
    await belongings(await stranger(gateway));
    const { paths } = (await gateway.root.get('/openapi.json')).body;
    const operations = Object.entries(paths as Record<string, { get?: { parameters: Parameter[] } }>);
    lists = operations.flatMap(([path, { get }]) => {
      const sorted = get?.parameters.find(({ name }) => name === 'sort_keys')?.schema?.pattern;
      if (sorted === undefined) return [];
      const keys = (/^\^\(([\w|]+)\)/.exec(sorted)?.[1] ?? '').split('|');
      const filled = path.replace('{user_id}', own['users'] ?? '').replace('{id}', own['regions'] ?? '');
      return [{ path: filled, name: path.split('/').at(-1) ?? '', keys }];
    });
  }, 30_000);
  afterAll(() => gateway.close());

  it('is one of those that are known', () => {
    expect(lists.map(({ name }) => name).toSorted()).toEqual(
      expect.arrayContaining([
        'api-keys',
        'cells',
        'clouds',
        'containers',
        'devices',
        'hosts',
        'maintenance-windows',
        'network-devices',
        'network-interfaces',
        'networks',
        'projects',
        'regions',
        'runs',
        'users',
        'workflows',
      ]),
    );
  });

  it('comes in each of its orders, both ways', async () => {
    for (const { path, keys } of lists) {
      expect(keys.length).toBeGreaterThan(1);
      for (const key of keys) {
        const { body: up, status } = await gateway.root.get(`${path}?sort_keys=${key}&limit=1000`);
        expect([path, key, status]).toEqual([path, key, 200]);
        const { body: down } = await gateway.root.get(`${path}?sort_keys=${key},id&sort_dir=desc&limit=1000`);
        expect(things(down)).toEqual(things(up).toReversed());
        // Of the moment of creation the answers tell no more than milliseconds, and workflows that come with Craton nothing.
        if (key === 'created_at') continue;
        const values = things(up).map((thing) => thing[key]);
        const known = values.filter((value) => value !== null) as string[];
        expect(values).toEqual([...known.toSorted(), ...values.slice(known.length).map(() => null)]);
      }
    }
  }, 60_000);

  it('leads from each page to the one after and back to the one before', async () => {
    for (const { path, keys } of lists) {
      const query = `?sort_keys=${keys.at(-1)}&sort_dir=desc`;
      const whole = things((await gateway.root.get(`${path}${query}&limit=1000`)).body).map(({ id }) => id);
      const seen: unknown[] = [];
      let at: string | undefined = `${path}${query}&limit=1&fields=id`;
      let last = at;
      for (; at !== undefined;) {
        const { body } = await gateway.root.get(at);
        seen.push(...things(body).map(({ id }) => id));
        last = at;
        at = to(body.links, 'next');
      }
      expect([path, seen]).toEqual([path, whole]);
      const back: unknown[] = [];
      for (at = last; at !== undefined;) {
        const { body } = await gateway.root.get(at);
        back.unshift(...things(body).map(({ id }) => id));
        at = to(body.links, 'prev');
      }
      expect([path, back]).toEqual([path, whole]);
    }
  }, 60_000);

  it('shows the members that were asked for, and refuses those that it does not have', async () => {
    const empty: string[] = [];
    for (const { path } of lists) {
      const { body } = await gateway.root.get(`${path}?fields=id,id`);
      if (things(body).length === 0) empty.push(path);
      for (const thing of things(body)) expect(Object.keys(thing)).toEqual(['id']);
      const refused = await gateway.root.get(`${path}?fields=id,nonsense,variables`);
      expect([path, refused.status]).toEqual([path, 400]);
      expect(refused.body.errors.map((error: Thing) => error['member'])).toEqual(['fields', 'fields']);
      expect(JSON.stringify(refused.body.errors)).toMatch(/nonsense.*variables/);
    }
    // Only a cloud that was asked has services.
    expect(empty).toEqual([`/v1/regions/${own['regions']}/services`]);
  });
});

describe('a list of hosts', () => {
  let gateway: Gateway;
  let tenant: Client;
  let regionId: string;
  const names = ['b', 'd', 'a', 'e', 'c'];
  beforeAll(async () => {
    gateway = await startGateway();
    tenant = gateway.root;
    ({ regionId } = await newRegion(tenant));
    for (const name of names) {
      await made(tenant.post('/v1/hosts', { name, region_id: regionId, ...hardware, variables: { name } }));
    }
  });
  afterAll(() => gateway.close());

  it('shows variables with details, when they are among the members', async () => {
    const { body } = await tenant.get('/v1/hosts?fields=name,variables&details=true&sort_keys=name&limit=2');
    expect(body.hosts).toEqual([
      { name: 'a', variables: { name: 'a' } },
      { name: 'b', variables: { name: 'b' } },
    ]);
    expect(rels(body.links)).toEqual(['first', 'self', 'next']);
  });

  it('goes on where it was, whatever comes and goes meanwhile', async () => {
    const first = (await tenant.get('/v1/hosts?sort_keys=name&limit=3')).body;
    expect(first.hosts.map(({ name }: Thing) => name)).toEqual(['a', 'b', 'c']);
    await tenant.delete(`/v1/hosts/${first.hosts[2].id}`);
    await made(tenant.post('/v1/hosts', { name: 'aa', region_id: regionId, ...hardware }));
    await made(tenant.post('/v1/hosts', { name: 'cc', region_id: regionId, ...hardware }));
    const second = (await tenant.get(to(first.links, 'next') ?? '')).body;
    expect(second.hosts.map(({ name }: Thing) => name)).toEqual(['cc', 'd', 'e']);
    expect(rels(second.links)).toEqual(['first', 'prev', 'self']);
  });

  it.each(['marker=~e30', 'marker=~bnVsbA', 'marker=01a20709-4104-7126-8a99-a65bea249e1c'])(
    'is refused from %s on',
    async (marker) => {
      const { status, body } = await tenant.get(`/v1/hosts?sort_keys=name&${marker}`);
      expect([status, body.errors[0].member]).toEqual([400, 'marker']);
    },
  );
});

describe('lists of projects and users', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());
  const named = async (client: Client, path: string) =>
    things((await client.get(path)).body).map(({ name, username }) => name ?? username);

  it('are narrowed by id, name and project, within what the caller sees', async () => {
    const one = (await made(gateway.root.post('/v1/projects', { name: 'one', variables: { a: 1 } }))).body;
    expect(one.variables).toEqual({ a: 1 });
    const admin = { username: 'admin of one', project_id: one.id, roles: ['admin'] };
    const { body: user } = await made(gateway.root.post('/v1/users', admin));
    const other = gateway.credentials?.project_id;
    const own = gateway.as(user.api_key);
    expect(await named(gateway.root, `/v1/projects?id=${one.id}`)).toEqual(['one']);
    expect(await named(gateway.root, '/v1/projects?name=one')).toEqual(['one']);
    expect(await named(gateway.root, '/v1/projects?name=on%25')).toEqual([]);
    expect(await named(own, '/v1/projects')).toEqual(['one']);
    expect(await named(own, `/v1/projects?id=${other}`)).toEqual([]);
    expect(await named(gateway.root, `/v1/users?project_id=${one.id}`)).toEqual(['admin of one']);
    expect(await named(gateway.root, `/v1/users?id=${user.id}`)).toEqual(['admin of one']);
    expect(await named(own, `/v1/users?project_id=${other}`)).toEqual([]);
    const { body } = await own.get('/v1/projects?details=true&fields=variables');
    expect(body.projects).toEqual([{ variables: { a: 1 } }]);
    expect((await own.get(`/v1/projects/${one.id}`)).body.variables).toEqual({ a: 1 });
  });
});
