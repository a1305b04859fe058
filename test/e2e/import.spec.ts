import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, postImport } from '#test/support/imports.js';
import { stranger } from '#test/support/places.js';
import { create, readAs, smallFleet } from '#test/support/small-fleet.js';

const place = { cloud: 'prod', region: 'east' };
const host = (name: string, more = {}) => ({
  kind: 'host',
  name,
  ...place,
  ip_address: '192.0.2.1',
  device_type: 'server',
  ...more,
});

const places = [
  { kind: 'cloud', name: 'prod', note: 'ours' },
  { kind: 'region', name: 'east', cloud: 'prod', variables: { zone: 'z1' } },
  { kind: 'cell', name: 'rack 1', ...place },
];

const fleet = [
  host('box1', { kind: 'container', parent: 'node1', variables: { size: 3 } }),
  host('node1', {
    cell: 'rack 1',
    labels: ['gpu', 'role:compute'],
    variables: { kernel: '6.1', disks: [1, { a: null }] },
  }),
  { kind: 'interface', name: 'eth0', ...place, device: 'node1', network: 'lan', vlan_id: 7 },
  { kind: 'network', name: 'lan', ...place, cidr: '192.0.2.0/24' },
  ...places,
];

describe('an import', () => {
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  beforeEach(async () => {
    tenant = await stranger(gateway);
  });
  afterAll(() => gateway.close());

  const count = async () => (await gateway.events()).length;
  const hostNamed = async (name: string) =>
    (await tenant.get(`/v1/hosts?name=${name}&details=all`)).body.hosts[0];

  it('makes everything that the rows say, whatever their order', async () => {
    const { results, summary } = await imported(tenant, fleet);
    expect(summary).toMatchObject({ created: 7, refused: 0, complete: true, dry_run: false });
    expect(results.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'cloud prod',
      'region east',
      'cell rack 1',
      'network lan',
      'host node1',
      'container box1',
      'interface eth0',
    ]);
    const node = await hostNamed('node1');
    expect(node).toMatchObject({ labels: ['gpu', 'role:compute'] });
    const shown = (await tenant.get(`/v1/hosts/${node.id}`)).body;
    expect(shown.variables).toEqual({ kernel: '6.1', disks: [1, { a: null }], zone: 'z1' });
    expect(results.find(({ name }) => name === 'node1')).toMatchObject({
      id: node.id,
      source: { line: 2, row: 2 },
    });
    const [box] = (await tenant.get('/v1/containers')).body.containers;
    expect(box.parent_id).toBe(node.id);
  });

  it('changes nothing when it is repeated', async () => {
    await imported(tenant, fleet);
    const before = await count();
    const { summary, results } = await imported(tenant, fleet);
    expect(summary).toMatchObject({ unchanged: 7, created: 0, changed: 0, complete: true });
    expect(results.every(({ changes }) => changes === undefined)).toBe(true);
    expect(await count()).toBe(before);
  });

  it('changes what differs, says how, and leaves alone what the rows do not say', async () => {
    await imported(tenant, fleet);
    const { results, summary } = await imported(tenant, [
      host('node1', { ip_address: '2001:DB8::1', labels: ['new'], variables: { kernel: '6.2', added: 1 } }),
    ]);
    expect(summary).toMatchObject({ changed: 1 });
    expect(results[0]?.changes).toEqual([
      { member: 'ip_address', before: '192.0.2.1', after: '2001:db8::1' },
      { member: 'labels', before: ['gpu', 'role:compute'], after: ['gpu', 'new', 'role:compute'] },
      { member: 'variables.kernel', before: '6.1', after: '6.2' },
      { member: 'variables.added', before: null, after: 1 },
    ]);
    const { id, cell_id } = await hostNamed('node1');
    expect(cell_id).not.toBeNull();
    const { variables } = (await tenant.get(`/v1/hosts/${id}`)).body;
    expect(variables).toEqual({ kernel: '6.2', added: 1, disks: [1, { a: null }], zone: 'z1' });
  });

  it('tells of a long value only how long it is', async () => {
    await imported(tenant, [...places, host('a', { variables: { long: 'x'.repeat(10_000), short: 1 } })]);
    const { results } = await imported(tenant, [
      host('a', { variables: { long: 'y'.repeat(20_000), short: 1 } }),
    ]);
    expect(results[0]?.changes).toEqual([
      { member: 'variables.long', before: { $length: 10_002 }, after: { $length: 20_002 } },
    ]);
    const { id } = await hostNamed('a');
    expect((await tenant.get(`/v1/hosts/${id}`)).body.variables.long).toBe('y'.repeat(20_000));
  });

  it('moves devices to other cells and parents', async () => {
    await imported(tenant, fleet);
    const moved = [
      { kind: 'cell', name: 'rack 2', ...place },
      host('node2'),
      host('box1', { kind: 'container', parent: 'node2', cell: 'rack 2' }),
    ];
    const { results } = await imported(tenant, moved);
    expect(results.find(({ name }) => name === 'box1')?.changes).toEqual([
      { member: 'cell', before: null, after: 'rack 2' },
      { member: 'parent', before: 'node1', after: 'node2' },
    ]);
  });

  it('leaves an empty project with what was exported from another', async () => {
    const other = await stranger(gateway);
    await smallFleet(other);
    for (const format of ['ndjson', 'csv', 'yaml'] as const) {
      const empty = await stranger(gateway);
      const exported = await other.get(`/v1/export?format=${format}`);
      await imported(empty, exported.text, `?format=${format}`);
      const again = await empty.get(`/v1/export?format=${format}`);
      expect(await readAs(format, again)).toEqual(await readAs(format, exported));
    }
  });

  it('only tells what it would do when it is dry', async () => {
    await imported(tenant, places);
    const before = await count();
    const { results, summary } = await imported(
      tenant,
      [host('a'), host('b', { cell: 'nowhere' })],
      '?dry_run=true',
    );
    expect(summary).toMatchObject({ dry_run: true, created: 0, left: 1, refused: 1 });
    expect(results[1]?.problem).toMatchObject({
      status: 404,
      detail: 'there is no cell named nowhere in the region',
    });
    expect(await count()).toBe(before);
  });

  it('does nothing where one row is refused, and names the row', async () => {
    await imported(tenant, places);
    const before = await count();
    const { status, body } = await postImport(tenant, [
      host('a'),
      host('b', { ip_address: 'x' }),
      host('c', { parent: 'd' }),
    ]);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ member: 'line 2 host b', message: expect.any(String) }]);
    expect(await count()).toBe(before);
  });

  it('does what it can when it is asked to', async () => {
    await imported(tenant, places);
    const rows = [
      host('a'),
      host('b', { ip_address: 'x' }),
      host('c', { parent: 'd' }),
      host('e', { parent: 'a' }),
    ];
    const { results, summary } = await imported(tenant, rows, '?mode=best-effort');
    expect(summary).toMatchObject({ created: 2, refused: 2, complete: false });
    expect(results.filter(({ result }) => result === 'refused').map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('puts rows without a place where the request says', async () => {
    const cloudId = await create(tenant, 'clouds', { name: 'prod' });
    const regionId = await create(tenant, 'regions', { name: 'east', cloud_id: cloudId });
    const rows = [{ name: 'a' }, { name: 'b', region: 'west' }];
    const { results } = await imported(tenant, rows, `?kind=host&region_id=${regionId}&create_places=true`);
    expect(results.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['host a', 'region west', 'host b']);
    expect((await hostNamed('a')).region_id).toBe(regionId);
    expect((await postImport(tenant, rows, '?kind=host')).body.errors).toHaveLength(2);
  });

  it('makes places that are named and missing only when it is asked to', async () => {
    const rows = [host('a', { cell: 'rack 9' })];
    expect((await postImport(tenant, rows)).status).toBe(404);
    const { results } = await imported(tenant, rows, '?create_places=true');
    expect(results.map(({ kind, name, result }) => `${result} ${kind} ${name}`)).toEqual([
      'created cloud prod',
      'created region east',
      'created cell rack 9',
      'created host a',
    ]);
  });

  it('refuses devices that are their own ancestors', async () => {
    await imported(tenant, places);
    const rows = [
      host('a', { parent: 'b' }),
      host('b', { parent: 'c' }),
      host('c', { parent: 'a' }),
      host('d', { parent: 'a' }),
    ];
    const { results } = await imported(tenant, rows, '?mode=best-effort');
    expect(results.map(({ result }) => result)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(results.find(({ name }) => name === 'a')?.problem?.detail).toContain('its own ancestor');
  });

  it('keeps the reason with everything that it does', async () => {
    await imported(tenant, fleet, '', { 'x-craton-reason': 'from%20the%20sheet' });
    const events = (await gateway.events()).slice(-7);
    expect(new Set(events.map(({ metadata }) => metadata?.['reason']))).toEqual(new Set(['from the sheet']));
    expect(new Set(events.map(({ metadata }) => metadata?.['correlationId'])).size).toBe(1);
  });

  describe('of a source with a mark', () => {
    const kept = (...names: string[]) => [...places, ...names.map((name) => host(name))];
    const query = '?managed_by=sheet&remove_missing=true';

    it('retires what it brought and the source no longer has, and nothing else', async () => {
      await imported(tenant, kept('mine'));
      await imported(tenant, kept('a', 'b'), query);
      const { results, summary } = await imported(tenant, kept('b'), query);
      expect(summary).toMatchObject({ retired: 1, refused: 0 });
      expect(results.at(-1)).toMatchObject({ result: 'retired', kind: 'host', name: 'a' });
      const { hosts } = (await tenant.get('/v1/hosts')).body;
      expect(hosts.map((one: { name: string }) => one.name)).toEqual(['mine', 'b']);
      const managed = (await tenant.get('/v1/hosts?managed_by=sheet')).body.hosts;
      expect(managed).toMatchObject([{ name: 'b', managed_by: 'sheet' }]);
      expect((await imported(tenant, kept('b'), query)).summary).toMatchObject({ retired: 0, unchanged: 4 });
    });

    it('takes labels away from what it brought', async () => {
      await imported(tenant, [...places, host('a', { labels: ['x', 'y'] })], query);
      const { results } = await imported(tenant, [host('a', { labels: ['y', 'z'] })], query);
      expect(results[0]?.changes).toEqual([{ member: 'labels', before: ['x', 'y'], after: ['y', 'z'] }]);
    });

    it('does not touch what another source brought', async () => {
      await imported(tenant, kept('a'), query);
      const { body } = await postImport(tenant, [host('a', { note: 'x' })], '?managed_by=other');
      expect(body.errors[0].message).toBe('a is managed by sheet');
    });

    it('takes nothing away when the source is empty or not understood', async () => {
      await imported(tenant, kept('a', 'b'), query);
      expect((await postImport(tenant, places, query)).status).toBe(400);
      const broken = `${JSON.stringify(host('a'))}\n{"kind":`;
      const { summary } = await imported(tenant, broken, `${query}&mode=best-effort`);
      expect(summary).toMatchObject({ refused: 1, retired: 0 });
    });

    it('needs a mark to know what it brought', async () => {
      expect((await postImport(tenant, kept('a'), '?remove_missing=true')).body.errors).toEqual([
        { member: 'remove_missing', message: 'needs managed_by' },
      ]);
    });
  });
});
