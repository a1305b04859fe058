import { given } from '#test/support/given.js';
import {
  cell,
  interfaceRegistered,
  networkRegistered,
  registered,
  registerInterface,
  registerNetwork,
  retired,
} from '#test/support/region.js';
import { region } from './region.decider.js';
import type { RegionEvent } from './region.events.js';

const n1 = networkRegistered('n1');
const closed: RegionEvent = { type: 'RegionClosed', data: {} };

describe('the networks of a region', () => {
  it('have unique names and are in cells that exist', () => {
    given(region).when(registerNetwork('n1')).yields(n1);
    given(region, n1)
      .when(registerNetwork('n2', { name: 'name-n1' }))
      .refuses('already-exists', /name-n1/);
    given(region, n1, { type: 'NetworkRemoved', data: { networkId: 'n1' } })
      .when(registerNetwork('n2', { name: 'name-n1' }))
      .yields(networkRegistered('n2', { name: 'name-n1' }));
    given(region)
      .when(registerNetwork('n1', { cellId: 'cell' }))
      .refuses('not-found', /cell/);
    given(region, cell)
      .when(registerNetwork('n1', { cellId: 'cell' }))
      .yields(networkRegistered('n1', { cellId: 'cell' }));
    given(region, closed)
      .when(registerNetwork('n1'))
      .refuses('illegal-state', /removed/);
  });

  it('have a netmask and a gateway that fit their addresses', () => {
    const wrong = [
      [{ cidr: '10.0.0.1/24' }, /cidr/],
      [{ netmask: '255.255.0.0' }, /netmask must be 255\.255\.255\.0/],
      [{ gateway: '10.0.1.1' }, /gateway/],
      [{ gateway: '10.0.0.0' }, /gateway/],
      [{ gateway: '2001:db8::1' }, /gateway/],
    ] as const;
    for (const [more, words] of wrong) {
      given(region).when(registerNetwork('n1', more)).refuses('validation-failed', words);
      const { gateway, ...address } = { gateway: '10.0.0.1', ...more };
      given(region, n1)
        .when({ type: 'ChangeNetwork', networkId: 'n1', gateway, ...address })
        .refuses('validation-failed', words);
    }
    const { netmask: _netmask, ...without } = registerNetwork('n1');
    given(region).when(without).yields(n1);
    given(region)
      .when({ ...without, cidr: '2001:db8::/64', gateway: '2001:db8::1' })
      .yields(networkRegistered('n1', { cidr: '2001:db8::/64', gateway: '2001:db8::1', netmask: '64' }));
  });

  it('change only where something differs', () => {
    const change = {
      type: 'ChangeNetwork',
      networkId: 'n1',
      name: 'm',
      gateway: '10.0.0.2',
      ipBlockType: 'private',
      networkType: 'vlan',
      nss: 'x',
    } as const;
    const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.2', netmask: '255.255.255.0' };
    const changed: RegionEvent[] = [
      { type: 'NetworkRenamed', data: { networkId: 'n1', name: 'm' } },
      { type: 'NetworkReaddressed', data: { networkId: 'n1', ...range } },
      { type: 'NetworkIpBlockTypeChanged', data: { networkId: 'n1', ipBlockType: 'private' } },
      { type: 'NetworkTypeChanged', data: { networkId: 'n1', networkType: 'vlan' } },
      { type: 'NetworkNssChanged', data: { networkId: 'n1', nss: 'x' } },
    ];
    given(region, n1)
      .when(change)
      .yields(...changed);
    given(region, n1, ...changed)
      .when({ ...change, ...range })
      .yieldsNothing();
    given(region, n1, networkRegistered('n2'))
      .when({ ...change, name: 'name-n2' })
      .refuses('already-exists');
    given(region).when(change).refuses('not-found');
  });

  it('take their netmask from the addresses that they move to, and no gateway that stays behind', () => {
    const move = { type: 'ChangeNetwork', networkId: 'n1', cidr: '10.0.0.0/16' } as const;
    given(region, n1)
      .when(move)
      .yields({
        type: 'NetworkReaddressed',
        data: { networkId: 'n1', cidr: '10.0.0.0/16', gateway: '10.0.0.1', netmask: '255.255.0.0' },
      });
    given(region, n1)
      .when({ ...move, cidr: '10.1.0.0/16' })
      .refuses('validation-failed', /gateway/);
  });

  it('go alone only when no interface in service is in them', () => {
    const remove = { type: 'RemoveNetwork', networkId: 'n1' } as const;
    const removed: RegionEvent = { type: 'NetworkRemoved', data: { networkId: 'n1' } };
    const port = interfaceRegistered('i1', { networkId: 'n1' });
    given(region, n1).when(remove).yields(removed);
    given(region).when(remove).refuses('not-found');
    given(region, n1, registered('d1'), port)
      .when(remove)
      .refuses('illegal-state', /^1 thing still hangs on network name-n1: interface name-i1$/);
    given(region, n1, registered('d1'), port)
      .when({ ...remove, cascade: true })
      .yields({ type: 'InterfaceRemoved', data: { interfaceId: 'i1' } }, removed);
    given(region, n1, registered('d1'), port, retired).when(remove).yields(removed);
  });
});

describe('the interfaces of a network', () => {
  const network = networkRegistered('n1');
  const inside = interfaceRegistered('i1', { networkId: 'n1' });
  const six = { cidr: '2001:db8::/64', gateway: '2001:db8::1', netmask: '64' };

  it('have addresses that are in it', () => {
    const at = (networkId: string | null, ipAddress: string) =>
      given(region, registered('d1'), network, networkRegistered('n6', six)).when(
        registerInterface('i1', { networkId, ipAddress }),
      );
    for (const address of ['10.0.0.0', '10.0.0.7', '10.0.0.255', '::', '0.0.0.0'])
      expect(at('n1', address).events()).toHaveLength(1);
    for (const address of ['10.0.1.0', '11.0.0.1', '2001:db8::7'])
      at('n1', address).refuses('illegal-state', /^ip_address must be in 10\.0\.0\.0\/24/);
    expect(at('n6', '2001:db8::7').events()).toHaveLength(1);
    at('n6', '2001:db9::7').refuses('illegal-state');
    at('n6', '10.0.0.7').refuses('illegal-state');
    expect(at(null, '11.0.0.1').events()).toHaveLength(1);
  });

  it('are not left outside when it moves', () => {
    const move = { type: 'ChangeNetwork', networkId: 'n1', gateway: '10.0.0.1' } as const;
    const ports = given(region, registered('d1'), network, inside);
    expect(ports.when({ ...move, cidr: '10.0.0.0/29' }).events()).toHaveLength(1);
    ports
      .when({ ...move, cidr: '10.0.0.0/30' })
      .refuses('illegal-state', /^cidr would leave .*: interface name-i1 \(10\.0\.0\.5\)$/);
    const more = ['i2', 'i3', 'i4'].map((id) => interfaceRegistered(id, { networkId: 'n1' }));
    given(region, registered('d1'), network, inside, ...more)
      .when({ ...move, cidr: '10.0.0.0/30' })
      .refuses('illegal-state', /name-i3 \(10\.0\.0\.5\) and 1 more$/);
    given(region, registered('d1'), network, inside, retired)
      .when({ ...move, cidr: '10.0.0.0/30' })
      .yields({
        type: 'NetworkReaddressed',
        data: { networkId: 'n1', cidr: '10.0.0.0/30', gateway: '10.0.0.1', netmask: '255.255.255.252' },
      });
  });

  it('that were outside before stay as they are', () => {
    const outside = interfaceRegistered('i1', { networkId: 'n1', ipAddress: '11.0.0.1' });
    const rename = { type: 'ChangeInterface', interfaceId: 'i1', name: 'e0' } as const;
    expect(given(region, registered('d1'), network, outside).when(rename).events()).toHaveLength(1);
    const route = { type: 'ChangeNetwork', networkId: 'n1', gateway: '10.0.0.2' } as const;
    expect(given(region, registered('d1'), network, outside).when(route).events()).toHaveLength(1);
  });
});

describe('the interfaces of a device', () => {
  const i1 = interfaceRegistered('i1');
  const d1 = registered('d1');

  it('have unique names in it', () => {
    given(region, d1).when(registerInterface('i1')).yields(i1);
    const same = { name: 'name-i1' };
    given(region, d1, i1)
      .when(registerInterface('i2', same))
      .refuses('already-exists', /name-d1.*name-i1/);
    given(region, d1, i1, registered('d2'))
      .when(registerInterface('i2', { ...same, deviceId: 'd2' }))
      .yields(interfaceRegistered('i2', { ...same, deviceId: 'd2' }));
    const renamed: RegionEvent = { type: 'InterfaceRenamed', data: { interfaceId: 'i1', name: 'x' } };
    given(region, d1, i1, renamed)
      .when(registerInterface('i2', same))
      .yields(interfaceRegistered('i2', same));
    given(region, d1, i1, renamed, interfaceRegistered('i2', same))
      .when({ type: 'ChangeInterface', interfaceId: 'i2', name: 'x' })
      .refuses('already-exists');
  });

  it('belong to a device in service and a network of the region', () => {
    given(region).when(registerInterface('i1')).refuses('not-found', /d1/);
    given(region, d1, retired)
      .when(registerInterface('i1'))
      .refuses('illegal-state', /retired/);
    given(region, d1)
      .when(registerInterface('i1', { networkId: 'n1' }))
      .refuses('not-found', /n1/);
    given(region, d1, closed)
      .when(registerInterface('i1'))
      .refuses('illegal-state', /removed/);
    given(region, d1, n1)
      .when(registerInterface('i1', { networkId: 'n1' }))
      .yields(interfaceRegistered('i1', { networkId: 'n1' }));
  });

  it('change only where something differs, their settings in one event', () => {
    const change = {
      type: 'ChangeInterface',
      interfaceId: 'i1',
      name: 'x',
      interfaceType: 'fibre',
      port: 0,
      speed: 1000,
      link: null,
    } as const;
    const changed: RegionEvent[] = [
      { type: 'InterfaceRenamed', data: { interfaceId: 'i1', name: 'x' } },
      { type: 'InterfaceTypeChanged', data: { interfaceId: 'i1', interfaceType: 'fibre' } },
      { type: 'InterfaceSettingsChanged', data: { interfaceId: 'i1', port: 0, speed: 1000 } },
    ];
    given(region, d1, i1)
      .when(change)
      .yields(...changed);
    given(region, d1, i1, ...changed)
      .when(change)
      .yieldsNothing();
    given(region, d1, i1, ...changed)
      .when({ type: 'ChangeInterface', interfaceId: 'i1', speed: null })
      .yields({ type: 'InterfaceSettingsChanged', data: { interfaceId: 'i1', speed: null } });
    given(region, d1, i1, retired)
      .when(change)
      .refuses('illegal-state', /retired/);
    given(region, d1).when(change).refuses('not-found');
  });

  it('are removed, also from what is retired', () => {
    const remove = { type: 'RemoveInterface', interfaceId: 'i1' } as const;
    const removed: RegionEvent = { type: 'InterfaceRemoved', data: { interfaceId: 'i1' } };
    given(region, d1, i1).when(remove).yields(removed);
    given(region, d1, i1, removed).when(remove).refuses('not-found');
    given(region, d1, i1, retired).when(remove).yields(removed);
    given(region, d1, i1, removed).when(registerInterface('i1')).yields(i1);
  });
});
