import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, postImport } from '#test/support/imports.js';
import { stranger } from '#test/support/places.js';

const place = { cloud: 'prod', region: 'east' };
const host = (name: string, more = {}) => ({
  kind: 'host',
  name,
  ...place,
  ip_address: '192.0.2.1',
  device_type: 'server',
  ...more,
});

const fleet = [
  { kind: 'cloud', name: 'prod' },
  { kind: 'region', name: 'east', cloud: 'prod' },
  { kind: 'cell', name: 'rack 1', ...place },
  host('node1', { cell: 'rack 1', variables: { kernel: '6.1' } }),
];

describe('an import among schemas', () => {
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway();
    tenant = await stranger(gateway);
  });
  afterAll(() => gateway.close());

  const count = async () => (await gateway.events()).length;
  const hostNamed = async (name: string) => (await tenant.get(`/v1/hosts?name=${name}`)).body.hosts[0];

  it('refuses values that do not fit a schema, of what is there and of what it makes', async () => {
    const { results: made } = await imported(tenant, fleet);
    const id = (name: string) => made.find((one) => one.name === name)?.id;
    const attach = (path: string, schemas: object) => tenant.put(`/v1/${path}/variable-schemas`, schemas);
    await attach(`clouds/${id('prod')}`, { size: { type: 'integer' } });
    await attach(`cells/${id('rack 1')}`, { slot: { maximum: 9 } });
    await attach(`hosts/${id('node1')}`, { kernel: { pattern: '^6' }, disks: { type: 'array' } });
    const before = await count();
    const bad = [
      host('node1', { cell: 'rack 1', variables: { kernel: '5.4' }, active: false }),
      host('new1', { variables: { size: 'x' } }),
      host('new2', { cell: 'rack 1', variables: { slot: 10 } }),
      host('new3', { parent: 'node1', variables: { disks: 7, slot: 10 } }),
      { kind: 'interface', name: 'eth1', ...place, device: 'new4', variables: { size: 'x' } },
      { kind: 'region', name: 'west', cloud: 'prod', variables: { size: 'x' } },
    ];
    const good = [
      host('new4', { cell: 'rack 1', parent: 'node1', variables: { slot: 1, kernel: '6.2', disks: [] } }),
    ];
    const refused = await postImport(tenant, [...bad, ...good]);
    expect(refused.status).toBe(400);
    expect(await count()).toBe(before);
    const { results } = await imported(tenant, [...bad, ...good], '?mode=best-effort');
    const told = results.map(({ name, result, problem }) => [name, result, problem?.detail]);
    const misfit = (key: string) => `"${key}" does not fit its schema`;
    expect(told.toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))).toEqual([
      ['eth1', 'refused', misfit('size')],
      ['new1', 'refused', misfit('size')],
      ['new2', 'refused', misfit('slot')],
      ['new3', 'refused', misfit('disks')],
      ['new4', 'created', undefined],
      ['node1', 'refused', misfit('kernel')],
      ['west', 'refused', misfit('size')],
    ]);
    expect(await hostNamed('node1')).toMatchObject({ active: true });
    expect(await hostNamed('new1')).toBeUndefined();
    expect((await tenant.get('/v1/regions?name=west')).body.regions).toEqual([]);
  });
});
