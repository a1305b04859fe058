import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isProblem, type FleetRecord, type Read } from '../fleet-record.js';
import { ConfigContexts, deepMerge, type ContextTrees } from './config-contexts.js';
import { readNetBox, type NetBoxSource } from './read-netbox.js';

type Collections = Readonly<Record<string, readonly JsonObject[]>>;

const answering = (collections: Collections): NetBoxSource => ({
  async *list(collection) {
    yield* collections[collection] ?? [];
    await Promise.resolve();
  },
});

const read = (collections: Collections): Promise<Read[]> =>
  Array.fromAsync(readNetBox(answering(collections), { cloud: 'netbox' }));

const site = {
  id: 1,
  name: 'Oslo',
  slug: 'oslo',
  region: { id: 2, name: 'Norway' },
  status: { value: 'active' },
};
const small: Collections = {
  'dcim/sites': [site],
  'dcim/regions': [
    { id: 1, name: 'Europe', parent: null },
    { id: 2, name: 'Norway', parent: { id: 1, name: 'Europe' } },
  ],
  'dcim/locations': [{ id: 5, name: 'Hall', site: { id: 1 } }],
  'dcim/racks': [
    { id: 7, name: 'R1', site: { id: 1 }, u_height: 42 },
    { id: 8, name: 'R1', site: { id: 1 }, location: { id: 5, name: 'Hall' } },
    { id: 9, name: 'R1', site: { id: 1 }, location: { id: 5, name: 'Hall' } },
  ],
  'virtualization/clusters': [
    { id: 3, name: 'kvm', scope_type: 'dcim.site', scope: { id: 1, name: 'Oslo' } },
    { id: 4, name: 'aws-eu', site: null },
  ],
  'extras/config-contexts': [
    { id: 1, name: 'b', weight: 100, regions: [{ id: 1 }], data: { ntp: { a: 1, b: [1] }, who: 'b' } },
    { id: 2, name: 'a', weight: 100, data: { ntp: { b: [2] }, who: 'a' } },
    { id: 3, name: 'heavy', weight: 2000, tags: ['gpu'], data: { who: 'heavy' } },
    { id: 4, name: 'off', weight: 1, is_active: false, data: { off: true } },
  ],
  'dcim/devices': [
    {
      id: 11,
      name: 'node1',
      site: { id: 1 },
      rack: { id: 8, name: 'R1' },
      role: { id: 1, slug: 'compute' },
      device_type: { id: 1, model: 'R650', manufacturer: { slug: 'dell' } },
      status: { value: 'active' },
      primary_ip: { address: '192.0.2.5/24' },
      tags: [{ slug: 'gpu' }],
      tenant: { id: 1, slug: 'acme' },
      local_context_data: { own: true },
      custom_fields: { owner: 'me', empty: null },
    },
    { id: 12, name: null, site: { id: 1 }, role: { slug: 'patch-panel' } },
    {
      id: 13,
      name: 'tor',
      site: { id: 1 },
      device_role: { slug: 'access-switch' },
      status: { value: 'offline' },
    },
  ],
  'virtualization/virtual-machines': [
    { id: 11, name: 'vm', cluster: { id: 3, name: 'kvm' }, device: { id: 11, name: 'node1' }, vcpus: 4 },
    { id: 12, name: 'far', cluster: { id: 4, name: 'aws-eu' } },
  ],
  'ipam/ip-addresses': [
    { id: 1, address: '192.0.2.5/24', assigned_object_type: 'dcim.interface', assigned_object_id: 21 },
    {
      id: 2,
      address: '192.0.2.6/24',
      assigned_object_type: 'virtualization.vminterface',
      assigned_object_id: 21,
    },
  ],
  'dcim/interfaces': [
    {
      id: 21,
      name: 'eth0',
      device: { id: 11, name: 'node1' },
      type: { value: '25gbase-x-sfp28' },
      speed: 25000000,
      untagged_vlan: { vid: 7, name: 'lan' },
    },
    { id: 22, name: 'eth0', device: { id: 99, name: 'gone' } },
  ],
  'virtualization/interfaces': [{ id: 21, name: 'eth0', virtual_machine: { id: 11, name: 'vm' } }],
  'ipam/prefixes': [
    {
      id: 1,
      prefix: '192.0.2.0/24',
      scope_type: 'dcim.site',
      scope: { id: 1, name: 'Oslo' },
      vlan: { vid: 7 },
    },
    { id: 2, prefix: '192.0.2.0/24', vrf: { name: 'blue' }, site: null },
  ],
};

const named = (reads: readonly Read[], kind: string, name: string): FleetRecord =>
  reads.find(
    (one): one is FleetRecord => !isProblem(one) && one.kind === kind && one.name === name,
  ) as FleetRecord;

describe('the fleet of a NetBox', () => {
  it('has sites and lone clusters as regions, racks and locations as cells of different names', async () => {
    const reads = await read(small);
    const names = (kind: string) =>
      reads.flatMap((one) => (!isProblem(one) && one.kind === kind ? [one.name] : []));
    expect(names('region')).toEqual(['Oslo', 'aws-eu']);
    expect(names('cell')).toEqual(['Hall', 'R1', 'Hall/R1', 'R1 (rack 9)']);
    expect(reads.flatMap((one) => (isProblem(one) ? [one.source.path] : []))).toEqual(['dcim/interfaces/22']);
  });

  it('has devices with address, place, labels and what NetBox knows besides', async () => {
    const reads = await read(small);
    expect(named(reads, 'host', 'node1')).toMatchObject({
      place: { cloud: 'netbox', region: 'Oslo', cell: 'Hall/R1' },
      fields: { ip_address: '192.0.2.5', device_type: 'R650', active: true },
      labels: ['gpu', 'role:compute', 'tenant:acme'],
      variables: { netbox: { id: 11, manufacturer: 'dell', custom_fields: { owner: 'me' } } },
    });
    expect(named(reads, 'network-device', 'tor').fields).toMatchObject({ active: false });
    expect(named(reads, 'network-device', 'patch-panel-12').source).toEqual({ path: 'dcim/devices/12' });
    expect(named(reads, 'container', 'vm').place).toEqual({
      cloud: 'netbox',
      region: 'Oslo',
      parent: 'node1',
    });
    expect(named(reads, 'container', 'far').place).toEqual({ cloud: 'netbox', region: 'aws-eu' });
  });

  it('merges config contexts by weight and name, and the device’s own last', async () => {
    const { variables } = named(await read(small), 'host', 'node1');
    expect(variables).toMatchObject({ ntp: { a: 1, b: [1] }, who: 'heavy', own: true });
    expect(variables).not.toHaveProperty('off');
  });

  it('has interfaces with their addresses, and prefixes as networks', async () => {
    const reads = await read(small);
    const interfaces = reads.filter((one): one is FleetRecord => !isProblem(one) && one.kind === 'interface');
    expect(
      interfaces.map(({ place, fields }) => [place.device, fields['ip_address'], fields['vlan_id']]),
    ).toEqual([
      ['node1', '192.0.2.5', 7],
      ['vm', '192.0.2.6', undefined],
    ]);
    expect(named(reads, 'network', '192.0.2.0/24').place).toEqual({ cloud: 'netbox', region: 'Oslo' });
    expect(named(reads, 'network', 'blue 192.0.2.0/24').place).toEqual({ cloud: 'netbox' });
  });

  it('says where it is odd, and reads the rest', async () => {
    const deep = (depth: number): Json => (depth === 0 ? 1 : { d: deep(depth - 1) });
    const odd = [
      { id: 1, name: 'deep', site: { id: 1 }, custom_fields: deep(1000) },
      JSON.parse('{"id":2,"name":"proto","site":{"id":1},"custom_fields":{"__proto__":{}}}') as JsonObject,
      { id: 3, name: 7, site: 'x', tags: 'y', status: [], rack: 4 },
      { name: 'fine', site: { id: 1 }, tags: [null, 1, {}], status: null },
    ];
    const contexts = [{ id: 1, name: 'deep', data: deep(1000) }];
    const reads = await read({
      'dcim/sites': [site],
      'dcim/devices': odd,
      'extras/config-contexts': contexts,
    });
    expect(reads.filter(isProblem).map(({ source }) => source.path)).toEqual([
      'extras/config-contexts/1',
      'dcim/devices/1',
      'dcim/devices/2',
      'dcim/devices/3',
    ]);
    expect(named(reads, 'host', 'fine')).toBeDefined();
  });
});

describe('config contexts', () => {
  const none: ContextTrees = {
    sites: [],
    regions: [],
    siteGroups: [],
    locations: [],
    clusters: [],
    tenants: [],
  };

  it('are taken as NetBox rendered them where it did', () => {
    const contexts = new ConfigContexts([{ id: 1, name: 'a', data: { a: 1 } }], none);
    expect(contexts.of({ config_context: { b: 2 } })).toEqual({ b: 2 });
    expect(contexts.of({})).toEqual({ a: 1 });
  });

  it('end at a region that is its own ancestor', () => {
    const regions = [
      { id: 1, parent: { id: 2 } },
      { id: 2, parent: { id: 1 } },
    ];
    const contexts = new ConfigContexts([{ id: 1, name: 'a', regions: [{ id: 2 }], data: { a: 1 } }], {
      ...none,
      regions,
    });
    expect(contexts.of({ site: { id: 1, region: { id: 1 } } })).toEqual({ a: 1 });
  });

  it('merge objects and replace everything else', () => {
    expect(
      deepMerge({ a: { x: 1, y: [1] }, b: 1, c: { x: 1 } }, { a: { y: [2] }, b: { z: 1 }, c: {} }),
    ).toEqual({
      a: { x: 1, y: [2] },
      b: { z: 1 },
      c: {},
    });
  });
});
