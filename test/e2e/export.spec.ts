import type { FleetRecord } from '#libs/interchange/src/fleet-record.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { stranger } from '#test/support/places.js';
import { create, type Ids, readAs, smallFleet } from '#test/support/small-fleet.js';

const namesOf = (records: readonly FleetRecord[]) => records.map(({ kind, name }) => `${kind} ${name}`);

const everything = [
  'cloud prod',
  'region east',
  'cell rack 1',
  'host node1',
  'container box1',
  'network-device sw1',
  'network lan',
  'interface eth0',
];

describe('an export of the fleet', () => {
  let gateway: Gateway;
  let tenant: Client;
  let ids: Ids;
  const exported = async (query = '', client = tenant) =>
    readAs('ndjson', await client.get(`/v1/export${query}`));
  const named = (records: readonly FleetRecord[], name: string) => records.find((one) => one.name === name);

  beforeAll(async () => {
    gateway = await startGateway();
    tenant = await stranger(gateway);
    ids = await smallFleet(tenant);
  });
  afterAll(() => gateway.close());

  it('has everything in it, each after what it hangs on', async () => {
    const records = await exported();
    expect(namesOf(records)).toEqual(everything);
    expect(named(records, 'node1')).toEqual({
      kind: 'host',
      name: 'node1',
      place: { cloud: 'prod', region: 'east', cell: 'rack 1' },
      fields: { ip_address: '192.0.2.1', device_type: 'server', active: true },
      labels: ['gpu', 'role:compute'],
      variables: { d: [1, { two: '{{ three }}' }], 'a b': '=1+1' },
      source: {},
    });
    expect(named(records, 'box1')).toMatchObject({
      place: { cloud: 'prod', region: 'east', parent: 'node1' },
      fields: { active: false },
      variables: { e: null },
    });
    expect(named(records, 'prod')?.fields).toEqual({ note: 'ours' });
    expect(named(records, 'sw1')?.fields).toMatchObject({ model_name: 'M', vlans: '1,2' });
    expect(named(records, 'lan')?.fields).toMatchObject({
      cidr: '192.0.2.0/24',
      netmask: '255.255.255.0',
      network_type: 'vlan',
    });
    expect(named(records, 'eth0')).toMatchObject({
      place: { cloud: 'prod', region: 'east', device: 'node1' },
      fields: { network: 'lan', vlan_id: 7 },
    });
  });

  it.each(['yaml', 'csv'] as const)('says the same as %s', async (format) => {
    const records = await readAs(format, await tenant.get(`/v1/export?format=${format}`));
    expect(records).toEqual(await exported());
  });

  it.each([
    ['ndjson', 'application/x-ndjson', 'ndjson'],
    ['yaml', 'application/yaml', 'yaml'],
    ['csv', 'text/csv', 'csv'],
    ['graphviz', 'text/vnd.graphviz', 'dot'],
    ['prometheus', 'application/json', 'json'],
  ])('as %s is a file of the type %s', async (format, type, suffix) => {
    const { status, headers } = await tenant.get(`/v1/export?format=${format}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(headers['content-disposition']).toBe(`attachment; filename="craton-fleet.${suffix}"`);
    expect(headers['craton-cursor']).toBe((await tenant.get('/v1/hosts')).headers['craton-cursor']);
  });

  it('draws the tree', async () => {
    const { text } = await tenant.get('/v1/export?format=graphviz');
    expect(text).toMatch(/^digraph fleet \{/);
    expect(text).toContain('label="node1\\n192.0.2.1"');
    expect(text.match(/ -> /g)).toHaveLength(everything.length - 1);
  });

  it('tells what is in effect when asked', async () => {
    const records = await exported('?resolved-values=true');
    const shown = async (path: string) => (await tenant.get(`/v1/${path}`)).body.variables;
    expect(named(records, 'node1')?.variables).toEqual(await shown(`hosts/${ids.node}`));
    expect(named(records, 'box1')?.variables).toEqual(await shown(`containers/${ids.box}`));
    expect(named(records, 'rack 1')?.variables).toEqual(await shown(`cells/${ids.cell}`));
    expect(named(records, 'east')?.variables).toEqual(await shown(`regions/${ids.region}`));
    expect(named(records, 'eth0')?.variables).toEqual(await shown(`hosts/${ids.node}`));
    expect(named(records, 'lan')?.variables).toEqual(await shown(`regions/${ids.region}`));
    expect(named(records, 'box1')?.variables).toMatchObject({ a: 'cloud', b: 'region', e: null });
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, text } = await tenant.ask('HEAD', '/v1/export');
    expect([status, headers['content-type'], text]).toEqual([200, 'application/x-ndjson; charset=utf-8', '']);
  });

  describe('of a part', () => {
    it('has that part and what it is in', async () => {
      expect(namesOf(await exported(`?region_id=${ids.region}`))).toEqual(everything);
      expect(namesOf(await exported(`?cloud_id=${ids.cloud}`))).toEqual(everything);
      expect(namesOf(await exported(`?cell_id=${ids.cell}`))).toEqual([
        'cloud prod',
        'region east',
        'cell rack 1',
        'host node1',
        'interface eth0',
      ]);
    });

    it('has a device with everything under it', async () => {
      expect(namesOf(await exported(`?device_id=${ids.node}`))).toEqual([
        'cloud prod',
        'region east',
        'cell rack 1',
        'host node1',
        'container box1',
        'interface eth0',
      ]);
      const box = await exported(`?device_id=${ids.box}&resolved-values=true`);
      expect(namesOf(box)).toEqual(['cloud prod', 'region east', 'container box1']);
      const { variables } = (await tenant.get(`/v1/containers/${ids.box}`)).body;
      expect(named(box, 'box1')).toMatchObject({ place: { parent: 'node1' }, variables });
      expect(namesOf(await exported(`?device_id=${ids.node}&cell_id=${ids.cell}`))).toEqual([
        'cloud prod',
        'region east',
        'cell rack 1',
        'host node1',
        'interface eth0',
      ]);
    });

    it('has a device in every format', async () => {
      const of = async (path: string) => (await tenant.get(`/v1/${path}device_id=${ids.node}`)).text;
      for (const format of ['ndjson', 'yaml', 'csv', 'graphviz', 'prometheus'])
        expect(await of(`export?format=${format}&`)).toMatch(/node1|192\.0\.2\.1/);
      const drawn = await of('export?format=graphviz&');
      expect(drawn).toContain('label="box1');
      expect(drawn).not.toContain('sw1');
      expect(Object.keys(JSON.parse(await of('ansible-inventory?'))._meta.hostvars).toSorted()).toEqual([
        'box1',
        'node1',
      ]);
      expect(await of('prometheus/targets?')).not.toContain('192.0.2.9');
    });

    it('has no device that is retired, and none that is elsewhere', async () => {
      const client = await stranger(gateway);
      const own = await smallFleet(client);
      const west = await create(client, 'regions', { name: 'west', cloud_id: own.cloud });
      const elsewhere = await client.get(`/v1/export?device_id=${own.node}&region_id=${west}`);
      expect([elsewhere.status, elsewhere.body.errors[0].member]).toEqual([400, 'region_id']);
      await client.post(`/v1/containers/${own.box}/retire`, {});
      expect(namesOf(await exported(`?device_id=${own.node}`, client))).not.toContain('container box1');
      const { status, body } = await client.get(`/v1/export?device_id=${own.box}`);
      expect([status, body.errors[0].member]).toEqual([404, 'device_id']);
    });

    it('is none of another part', async () => {
      const client = await stranger(gateway);
      const own = await smallFleet(client);
      const other = await create(client, 'clouds', { name: 'other' });
      const west = await create(client, 'regions', { name: 'west', cloud_id: other });
      expect(namesOf(await exported(`?cloud_id=${own.cloud}`, client))).toEqual(everything);
      expect(namesOf(await exported(`?region_id=${west}`, client))).toEqual(['cloud other', 'region west']);
      const contradiction = await client.get(`/v1/export?region_id=${west}&cell_id=${own.cell}`);
      expect([contradiction.status, contradiction.body.errors[0].member]).toEqual([400, 'region_id']);
    });

    it.each(['cloud', 'region', 'cell', 'device'] as const)(
      'that the caller does not see is refused: %s',
      async (kind) => {
        const { [kind]: id } = { ...ids, device: ids.node };
        const other = await stranger(gateway);
        for (const path of ['export', 'ansible-inventory', 'prometheus/targets']) {
          const { status, body } = await other.get(`/v1/${path}?${kind}_id=${id}`);
          expect([status, body.errors[0].member]).toEqual([404, `${kind}_id`]);
        }
      },
    );
  });

  it('shows nobody what belongs to others', async () => {
    const other = await stranger(gateway);
    await create(other, 'clouds', { name: 'prod' });
    expect(namesOf(await exported('', other))).toEqual(['cloud prod']);
    expect(namesOf(await exported())).toEqual(everything);
    expect((await other.get('/v1/ansible-inventory')).text).not.toContain('node1');
    expect((await other.get('/v1/prometheus/targets')).body).toEqual([]);
  });

  it('tells clouds of one name apart for whoever sees several projects', async () => {
    const clouds = (await exported('', gateway.root)).filter(({ kind }) => kind === 'cloud');
    expect(clouds.length).toBeGreaterThan(1);
    expect(new Set(clouds.map(({ name }) => name)).size).toBe(clouds.length);
  });

  it('is as it was then when asked for the past, and without what is retired now', async () => {
    const before = await tenant.get('/v1/export');
    const id = await create(tenant, 'hosts', {
      name: 'late',
      region_id: ids.region,
      ip_address: '192.0.2.7',
      device_type: 'server',
    });
    await tenant.put(`/v1/hosts/${ids.node}/variables`, { d: 'changed' });
    const between = await tenant.get('/v1/export');
    await tenant.post(`/v1/hosts/${id}/retire`, {});
    expect(between.text).toContain('"late"');
    expect((await tenant.get('/v1/export')).text).not.toContain('"late"');
    for (const then of [before, between]) {
      const past = await exported(`?as_of=${then.headers['craton-cursor']}`);
      expect(past).toEqual(await readAs('ndjson', then));
    }
  });
});
