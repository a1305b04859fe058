import { type Answer, type Gateway, startGateway } from '#test/support/gateway.js';
import { type Belongings, belongings } from '#test/support/mischief/belongings.js';
import { Api, type Document, type Operation } from '#test/support/mischief/operations.js';
import { hardware, made } from '#test/support/places.js';
import { ok } from '#test/support/reverting.js';

/** What else than nothing a parameter may say; flags are set. */
const said: Readonly<Record<string, readonly string[]>> = {
  vars: ['a>=1', 'site="one" or not exists(a)'],
  label: ['rack:7'],
  name: ['compute-01', 'renamed hosts'],
  sort_keys: ['name'],
  fields: ['id,name'],
  limit: ['2'],
  active: ['false'],
  from: ['2000-01-01T00:00:00Z'],
};

const collections = [
  'clouds',
  'regions',
  'cells',
  'hosts',
  'network-devices',
  'networks',
  'network-interfaces',
];

/** Links without what says when it was asked. */
const timeless = (text: string): string =>
  text.replaceAll(/"href":"([^"]*)"/g, (_, href: string) => {
    const url = new URL(href);
    for (const name of ['as_of', 'to']) url.searchParams.delete(name);
    url.searchParams.sort();
    return `"href":"${url.href}"`;
  });

/** A document of JSON, or one in each line: the order of members says nothing. */
const read = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    return lines.length > 0 ? lines.map((line) => JSON.parse(line) as unknown) : text;
  }
};

describe('whatever can be read', () => {
  let gateway: Gateway;
  let reads: readonly Operation[];
  let things: Belongings;
  beforeAll(async () => {
    gateway = await startGateway();
    const document = (await gateway.root.get('/openapi.json')).body as Document;
    reads = new Api(document).operations.filter(({ method, isPublic }) => method === 'GET' && !isPublic);
    things = await belongings(gateway.root);
  });
  afterAll(() => gateway.close());

  const put = (path: string, body: object) => ok(gateway.root.put(`/v1/${path}`, body));
  const now = async () => (await gateway.root.get('/v1/clouds?limit=1')).headers['craton-cursor'] as string;

  const pathOf = ({ path }: Operation): string =>
    path
      .split('/')
      .map((part, index, parts) => (part.startsWith('{') ? (things[parts[index - 1] ?? ''] ?? '') : part))
      .join('/');

  /** Each route as it is, and with each of the parameters that change what it answers. */
  const addresses = (): string[] =>
    reads.flatMap((operation) => {
      const values = Object.entries(operation.query).flatMap(([name, schema]) =>
        (schema.type === 'boolean' ? ['true', 'false'] : (said[name] ?? [])).map(
          (value) => `?${name}=${encodeURIComponent(value)}`,
        ),
      );
      return ['', ...values].map((query) => pathOf(operation) + query);
    });

  const asked = async (asOf?: string): Promise<ReadonlyMap<string, Answer>> => {
    const answers = new Map<string, Answer>();
    for (const address of addresses()) {
      const more = asOf === undefined ? '' : `${address.includes('?') ? '&' : '?'}as_of=${asOf}`;
      answers.set(address, await gateway.root.get(address + more));
    }
    return answers;
  };

  const shown = (answers: ReadonlyMap<string, Answer>) =>
    Object.fromEntries(
      [...answers].map(([address, { status, text }]) => [address, [status, read(timeless(text))]]),
    );

  const live = async () => {
    const { regions, hosts, cells } = things;
    for (const [index, collection] of collections.entries())
      await put(`${collection}/${things[collection]}/variables`, { a: index, site: 'one', [collection]: {} });
    await put(`hosts/${hosts}/labels`, { labels: ['rack:7', 'old'] });
    await put(`hosts/${hosts}`, { cell_id: cells });
    await put(`containers/${things['containers']}`, { parent_id: hosts, active: false });
    await made(
      gateway.root.post('/v1/hosts', {
        name: 'passing',
        region_id: regions,
        ...hardware,
        labels: ['rack:7'],
      }),
    );
    await put(`regions/${regions}/variable-schemas`, { a: { type: 'number' } });
  };

  const changeEverything = async () => {
    for (const collection of collections) {
      await put(`${collection}/${things[collection]}`, { name: `renamed ${collection}` });
      await put(`${collection}/${things[collection]}/variables`, { a: 100, site: 'two' });
    }
    await ok(
      gateway.root.ask('DELETE', `/v1/hosts/${things['hosts']}/labels`, { labels: ['old', 'rack:7'] }),
    );
    await put(`users/${things['users']}`, { roles: ['operator'] });
    await put(`workflows/${things['workflows']}`, { description: 'revised' });
    await ok(gateway.root.post(`/v1/maintenance-windows/${things['maintenance-windows']}/cancel`, undefined));
    await ok(gateway.root.post(`/v1/containers/${things['containers']}/retire`, undefined));
    await ok(gateway.root.delete(`/v1/network-interfaces/${things['network-interfaces']}`));
    await ok(gateway.root.delete(`/v1/networks/${things['networks']}`));
    await ok(gateway.root.delete(`/v1/network-devices/${things['network-devices']}`));
    await ok(gateway.root.delete(`/v1/users/${things['users']}/api-keys/${things['api-keys']}`));
  };

  it('is answered as of a moment as it was answered then', async () => {
    expect(reads.length).toBeGreaterThan(50);
    await live();
    const [before, answers] = [await now(), await asked()];
    await changeEverything();
    const [after, later] = [await now(), await asked()];
    await ok(gateway.root.delete(`/v1/clouds/${things['clouds']}?cascade=true`));
    await made(gateway.root.post('/v1/clouds', { name: 'another' }));
    for (const [cursor, then] of [
      [before, answers],
      [after, later],
    ] as const) {
      const again = await asked(cursor);
      expect([...again.values()].filter(({ status }) => status === 200).length).toBeGreaterThan(200);
      expect(shown(again)).toEqual(shown(then));
      const found = [...again.values()].filter(({ status }) => status === 200);
      expect(new Set(found.map(({ headers }) => headers['craton-cursor']))).toEqual(new Set([cursor]));
    }
  }, 120_000);
});
