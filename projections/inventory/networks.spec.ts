import type { Fact } from '#test/support/event-log.js';
import { network, port } from '#test/support/inventory-facts.js';
import { ReadModel } from '#test/support/read-model.js';
import { inventory } from './inventory.projection.js';
import { type InterfaceFilter, type NetworkFilter, NetworkQueries } from './networks.queries.js';

const model = new ReadModel([inventory]);
const networks = new NetworkQueries();
const page = { limit: 10 };
const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;

const ids = (found: { readonly rows: readonly { readonly id: string }[] }) => found.rows.map(({ id }) => id);

beforeEach(() => model.reset());
afterAll(() => model.end());

describe('the read model of networks and interfaces', () => {
  const range = { cidr: '2001:db8::/64', gateway: '2001:db8::1', netmask: '64' };

  it('knows a network and an interface as they were registered', async () => {
    await model.after('region-r1', network('n1', { cellId: 'l1' }));
    const view = await model.after('region-r1', port('i1', { networkId: 'n1', vlanId: 4 }));
    expect(networks.network(view, 'n1')).toEqual({
      id: 'n1',
      project_id: 'p',
      cloud_id: 'c1',
      region_id: 'r1',
      cell_id: 'l1',
      name: 'name of n1',
      cidr: '10.0.0.0/24',
      gateway: '10.0.0.1',
      netmask: '255.255.255.0',
      ip_block_type: null,
      network_type: null,
      nss: null,
      revision: 0,
      created_at: at(0),
      updated_at: null,
    });
    expect(networks.interface(view, 'i1')).toEqual({
      id: 'i1',
      project_id: 'p',
      region_id: 'r1',
      device_id: 'd1',
      network_id: 'n1',
      name: 'name of i1',
      interface_type: 'ethernet',
      ip_address: '10.0.0.5',
      vlan_id: 4,
      port: 1,
      speed: 1000,
      vlan: null,
      duplex: 'full',
      link: null,
      cdp: null,
      security: null,
      revision: 1,
      created_at: at(1),
      updated_at: null,
    });
  });

  it.each<[string, Fact[1], object]>([
    ['NetworkRenamed', { name: 'new' }, { name: 'new' }],
    ['NetworkReaddressed', range, range],
    ['NetworkIpBlockTypeChanged', { ipBlockType: 'private' }, { ip_block_type: 'private' }],
    ['NetworkTypeChanged', { networkType: 'vlan' }, { network_type: 'vlan' }],
    ['NetworkNssChanged', { nss: 'x' }, { nss: 'x' }],
  ])('follows %s', async (type, data, changed) => {
    const before = await model.after('region-r1', network('n1'));
    const whole = networks.network(before, 'n1');
    const view = await model.after('region-r1', [type, { networkId: 'n1', ...data }]);
    expect(networks.network(view, 'n1')).toEqual({ ...whole, revision: 1, updated_at: at(1), ...changed });
  });

  it.each<[string, Fact[1], object]>([
    ['InterfaceRenamed', { name: 'new' }, { name: 'new' }],
    ['InterfaceTypeChanged', { interfaceType: 'fibre' }, { interface_type: 'fibre' }],
    ['InterfaceSettingsChanged', { port: 0, duplex: null }, { port: 0, duplex: null }],
    ['InterfaceSettingsChanged', { vlanId: null }, { vlan_id: null }],
    [
      'InterfaceReaddressed',
      { ipAddress: '10.0.0.6', networkId: 'n2' },
      { ip_address: '10.0.0.6', network_id: 'n2' },
    ],
  ])('follows %s', async (type, data, changed) => {
    const before = await model.after('region-r1', port('i1', { vlanId: 4 }));
    const whole = networks.interface(before, 'i1');
    const view = await model.after('region-r1', [type, { interfaceId: 'i1', ...data }]);
    expect(networks.interface(view, 'i1')).toEqual({ ...whole, revision: 1, updated_at: at(1), ...changed });
  });

  it('finds them by each filter, and forgets what is removed', async () => {
    const view = await model.after(
      'region-r1',
      network('n1', { cellId: 'l1', name: 'one' }),
      network('n2', { cidr: '10.1.0.0/24', ipBlockType: 'private', networkType: 'vlan' }),
      network('n3'),
      port('i1', { networkId: 'n1', name: 'one' }),
      port('i2', { deviceId: 'd2', ipAddress: '10.0.0.6', interfaceType: 'fibre' }),
      port('i3'),
      ['NetworkRemoved', { networkId: 'n3' }],
      ['InterfaceRemoved', { interfaceId: 'i3' }],
    );
    const nets = (filter: NetworkFilter) => ids(networks.networks(view, filter, page));
    expect(nets({})).toEqual(['n1', 'n2']);
    expect(nets({ name: 'one' })).toEqual(['n1']);
    expect(nets({ cellId: 'l1', projectId: 'p', cloudId: 'c1', regionId: 'r1' })).toEqual(['n1']);
    expect(nets({ cidr: '10.1.0.0/24', ipBlockType: 'private', id: 'n2' })).toEqual(['n2']);
    expect(nets({ networkType: 'vlan' })).toEqual(['n2']);
    expect(nets({ projectId: 'another' })).toEqual([]);
    const ports = (filter: InterfaceFilter) => ids(networks.interfaces(view, filter, page));
    expect(ports({})).toEqual(['i1', 'i2']);
    expect(ports({ name: 'one', networkId: 'n1' })).toEqual(['i1']);
    expect(ports({ deviceId: 'd2', projectId: 'p', regionId: 'r1' })).toEqual(['i2']);
    expect(ports({ ipAddress: '10.0.0.6', interfaceType: 'fibre', id: 'i2' })).toEqual(['i2']);
    expect(ports({ projectId: 'another' })).toEqual([]);
  });

  it('was shown every kind of event about them that it handles', () => {
    expect(model.untold().filter((type) => /^(Network|Interface)/.test(type))).toEqual([]);
  });
});
