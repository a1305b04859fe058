import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, postImport } from '#test/support/imports.js';
import { newRegion, stranger } from '#test/support/places.js';
import { tarOf } from '#libs/interchange/src/archive/tar-sample.js';

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

  describe('as an archive of a folder', () => {
    const files = {
      'production/hosts': '[web]\nweb1 ansible_host=192.0.2.7\nweb2\n[web:vars]\nport=80\n',
      'production/group_vars/all/main.yml': 'ntp: [a, b]\nport: 1\n',
      'production/group_vars/web.yml': 'tls: true\n',
      'production/host_vars/web2.yml': 'port: 8080\n',
      'README.md': '# fleet\n',
    };
    const archive = (more: Readonly<Record<string, string>> = {}) =>
      tarOf(...Object.entries({ ...files, ...more }).map(([name, content]) => ({ name, content })));
    const variables = async () => {
      const { hosts } = (await tenant.get('/v1/hosts?details=true')).body;
      return hosts.map((host: { name: string; labels: string[]; variables: object }) => [
        host.name,
        host.labels,
        host.variables,
      ]);
    };
    const expected = [
      ['web1', ['web'], { ansible_host: '192.0.2.7', ntp: ['a', 'b'], port: 1, tls: true }],
      ['web2', ['web'], { ntp: ['a', 'b'], port: 8080, tls: true }],
    ];

    it.each([
      ['application/x-tar', archive()],
      ['application/gzip', gzipSync(archive())],
    ])('is taken in with the variables of its files, once: %s', async (type, body) => {
      const query = `?${into.slice(1)}`;
      const first = await imported(tenant, body, query, { 'content-type': type });
      expect(first.summary).toMatchObject({ created: 2, refused: 0, complete: true });
      expect(await variables()).toEqual(expected);
      const again = await imported(tenant, body, query, { 'content-type': type });
      expect(again.summary).toMatchObject({ unchanged: 2, created: 0, changed: 0 });
    });

    it('is the part of it that inventory= names', async () => {
      const more = { 'stage/hosts': 'web3\n', 'site.yml': '- hosts: all\n' };
      const query = `?format=ansible-directory&inventory=production${into}`;
      await imported(tenant, archive(more), query);
      expect(await variables()).toEqual(expected);
    });

    it('is known again under an Idempotency-Key, and another one is not', async () => {
      const query = `?format=ansible-directory${into}`;
      const key = { 'idempotency-key': 'archive' };
      expect((await imported(tenant, archive(), query, key)).summary).toMatchObject({ created: 2 });
      expect((await imported(tenant, archive(), query, key)).summary).toMatchObject({ unchanged: 2 });
      const other = archive({ 'production/host_vars/web1.yml': 'x: 1\n' });
      expect((await postImport(tenant, other, query, key)).status).toBe(422);
    });

    it('tells in a best effort what of it cannot be read, and where', async () => {
      const vault = { 'production/host_vars/web1.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n' };
      const query = `?format=ansible-directory&mode=best-effort${into}`;
      const { results, summary } = await imported(tenant, archive(vault), query);
      expect(summary).toMatchObject({ created: 2, refused: 1 });
      expect(results[0]).toMatchObject({
        result: 'refused',
        problem: { status: 400, detail: 'the file is encrypted with a vault' },
        source: { file: 'production/host_vars/web1.yml', line: 1 },
      });
    });

    it.each(['', '/', '..', 'a/../b', 'a//b', '/a', 'a%00b', 'a%0Ab', './a', 'x'.repeat(1025)])(
      'is not looked for at inventory=%s',
      async (path) => {
        const asked = `?format=ansible-directory&inventory=${path}`;
        const { status, body } = await postImport(tenant, archive(), asked);
        expect([status, body.errors[0].member]).toEqual([400, 'inventory']);
      },
    );

    it('is all that inventory= is for', async () => {
      const { status, body } = await postImport(tenant, 'a\n', '?format=ansible-ini&inventory=a');
      expect([status, body.errors[0].member]).toEqual([400, 'inventory']);
    });
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
