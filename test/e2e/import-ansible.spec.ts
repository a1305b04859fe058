import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported } from '#test/support/imports.js';
import { newRegion, stranger } from '#test/support/places.js';

const fixtures = resolve('libs/interchange/fixtures');
const fixture = (path: string) => readFileSync(join(fixtures, path));
const real = resolve('../shared/data/ansible');

/** Inventories of other projects; they are not part of this one. */
const realInventories = (): readonly string[] =>
  existsSync(real)
    ? readdirSync(real, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('inventory.ini'),
      )
    : [];

describe('an import from Ansible', () => {
  let gateway: Gateway;
  let tenant: Client;
  let into: string;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  beforeEach(async () => {
    tenant = await stranger(gateway);
    into = `&region_id=${(await newRegion(tenant)).regionId}`;
  });
  afterAll(() => gateway.close());

  it.each([
    ['ansible-ini', 'ini/hosts.ini'],
    ['ansible-yaml', 'yaml/inventory.yml'],
    ['ansible-json', 'script/list.json'],
  ])('of the form %s is taken in, once', async (format, path) => {
    const query = `?format=${format}${into}&device_type=vm`;
    const first = await imported(tenant, fixture(path), query);
    expect(first.summary).toMatchObject({ refused: 0, complete: true });
    expect(first.summary.created).toBeGreaterThan(1);
    const { hosts } = (await tenant.get('/v1/hosts?limit=1000')).body;
    expect(hosts).toHaveLength(first.summary.created);
    const before = (await gateway.events()).length;
    const again = await imported(tenant, fixture(path), query);
    expect(again.summary).toMatchObject({ unchanged: first.summary.created, created: 0, changed: 0 });
    expect((await gateway.events()).length).toBe(before);
  });

  it('has the groups of its hosts as labels and their variables resolved', async () => {
    const list = {
      web: { hosts: ['web1'], vars: { port: 80 } },
      _meta: {
        hostvars: { web1: { ansible_host: '192.0.2.7', port: 8080, secret: { __ansible_vault: 'x' } } },
      },
    };
    await imported(tenant, JSON.stringify(list), `?format=ansible-json${into}`);
    const [host] = (await tenant.get('/v1/hosts?name=web1&details=true')).body.hosts;
    expect(host).toMatchObject({ ip_address: '192.0.2.7', labels: ['web'], variables: { port: 8080 } });
  });

  it('takes back what it answered as a dynamic inventory', async () => {
    const rows = [1, 2].map((n) => ({
      kind: 'host',
      name: `h${n}`,
      ip_address: `192.0.2.${n}`,
      labels: ['gpu'],
    }));
    await imported(tenant, rows, `?${into.slice(1)}`);
    const inventory = await tenant.get('/v1/ansible-inventory');
    const { summary } = await imported(tenant, inventory.text, '?format=ansible-json');
    expect(summary).toMatchObject({ created: 0, refused: 0 });
  });

  it('reads inventories of well-known projects', async () => {
    for (const path of realInventories()) {
      const { summary } = await imported(
        tenant,
        readFileSync(join(real, path)),
        `?format=ansible-ini${into}&dry_run=true`,
      );
      expect([path, summary.refused]).toEqual([path, 0]);
    }
  });
});
