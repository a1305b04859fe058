import { given } from '#test/support/given.js';
import {
  cell,
  claimed,
  interfaceRegistered,
  networkRegistered,
  registered,
  retired,
} from '#test/support/region.js';
import { region } from './region.decider.js';
import type { RegionEvent } from './region.events.js';

const device = (deviceId: string): RegionEvent => ({ type: 'DeviceRemoved', data: { deviceId } });
const port = (interfaceId: string): RegionEvent => ({ type: 'InterfaceRemoved', data: { interfaceId } });
const network = (networkId: string): RegionEvent => ({ type: 'NetworkRemoved', data: { networkId } });
const cellRemoved: RegionEvent = { type: 'CellRemoved', data: { cellId: 'cell' } };
const closed: RegionEvent = { type: 'RegionClosed', data: {} };

const removeCell = { type: 'RemoveCell', cellId: 'cell' } as const;
const removeDevice = { type: 'RemoveDevice', deviceId: 'd1' } as const;
const closeRegion = { type: 'CloseRegion' } as const;

/** A host in a cell with a container that is in no cell; interfaces of both in a network of the cell. */
const fleet: readonly RegionEvent[] = [
  cell,
  networkRegistered('n1', { cellId: 'cell' }),
  registered('d1', { cellId: 'cell' }),
  registered('d2', { kind: 'container', parentId: 'd1' }),
  interfaceRegistered('i1', { networkId: 'n1' }),
  interfaceRegistered('i2', { deviceId: 'd2', networkId: 'n1' }),
  registered('d3'),
];

describe('what others hang on', () => {
  it('stays, and the refusal names them', () => {
    given(region, ...fleet)
      .when(removeCell)
      .refuses('illegal-state', /^2 things still hang on cell a: network name-n1, host name-d1$/);
    given(region, ...fleet)
      .when(removeDevice)
      .refuses(
        'illegal-state',
        /^2 things still hang on host name-d1: container name-d2, interface name-i1$/,
      );
    given(region, ...fleet)
      .when(closeRegion)
      .refuses(
        'illegal-state',
        /^5 things still hang on the region: cell a, network name-n1, host name-d1, /,
      );
  });

  it('stays, and of many the refusal names ten', () => {
    const many = Array.from({ length: 13 }, (_, index) => registered(`e${index}`, { cellId: 'cell' }));
    given(region, cell, ...many)
      .when(removeCell)
      .refuses('illegal-state', /^13 things .* a: (host name-e\d, ){9}host name-e9 and 3 more$/);
    given(
      region,
      ...many.map((event) => ({ ...event, data: { ...event.data, cellId: null } }) as RegionEvent),
    )
      .when(closeRegion)
      .refuses('illegal-state', /^13 things .* and 3 more$/);
  });

  it('goes with them when it is said so, what hangs before what it hangs on', () => {
    given(region, ...fleet)
      .when({ ...removeDevice, cascade: true })
      .yields(port('i2'), device('d2'), port('i1'), device('d1'));
    given(region, ...fleet)
      .when({ ...removeCell, cascade: true })
      .yields(port('i1'), port('i2'), network('n1'), device('d2'), device('d1'), cellRemoved);
    given(region, ...fleet)
      .when({ ...closeRegion, cascade: true })
      .yields(
        port('i1'),
        port('i2'),
        network('n1'),
        device('d2'),
        device('d1'),
        cellRemoved,
        device('d3'),
        closed,
      );
  });

  it('leaves nothing behind: names are free again and the region is empty', () => {
    const { events } = given(region, ...fleet).when({ ...removeCell, cascade: true });
    const afterwards = [...fleet, ...events()];
    given(region, ...afterwards, device('d3'))
      .when(closeRegion)
      .yields(closed);
    const state = given(region, ...afterwards, device('d3')).state();
    const left = Object.values(state).map((part) =>
      typeof part === 'object' ? (part as Set<string>).size : 0,
    );
    expect(left.every((size) => size === 0)).toBe(true);
  });

  it('never goes while maintenance is working on any of it', () => {
    const inside: RegionEvent = { type: 'DeviceClaimed', data: { deviceId: 'd2', windowId: 'w2' } };
    for (const command of [removeDevice, removeCell, closeRegion]) {
      given(region, ...fleet, inside)
        .when({ ...command, cascade: true })
        .refuses('illegal-state', /name-d2 .* w2/);
    }
    given(region, ...fleet, claimed)
      .when({ ...removeDevice, cascade: true })
      .refuses('illegal-state', /w1/);
  });

  it('may be retired with its interfaces, which then hang on no network', () => {
    given(region, ...fleet, device('d2'))
      .when({ type: 'RetireDevice', deviceId: 'd1' })
      .yields(retired);
    given(region, registered('d1'), interfaceRegistered('i1'), retired)
      .when(removeDevice)
      .refuses('illegal-state', /interface name-i1/);
    given(region, registered('d1'), interfaceRegistered('i1'), retired)
      .when({ ...removeDevice, cascade: true })
      .yields(port('i1'), device('d1'));
    given(region, registered('d1'), interfaceRegistered('i1'), retired).when(closeRegion).yields(closed);
  });
});

describe('a thousand things at most', () => {
  const children = (count: number) =>
    Array.from({ length: count }, (_, index) => registered(`e${index}`, { parentId: 'd1' }));
  const removeAll = { ...removeDevice, cascade: true } as const;

  it('go at once', () => {
    const { events } = given(region, registered('d1'), ...children(999)).when(removeAll);
    expect(events()).toHaveLength(1000);
    given(region, registered('d1'), ...children(1000))
      .when(removeAll)
      .refuses('payload-too-large', /more than 1000/);
  });

  it('count the closing of the region', () => {
    const closeAll = { ...closeRegion, cascade: true } as const;
    expect(
      given(region, registered('d1'), ...children(998))
        .when(closeAll)
        .events(),
    ).toHaveLength(1000);
    given(region, registered('d1'), ...children(999))
      .when(closeAll)
      .refuses('payload-too-large', /more than 1000/);
  });
});

describe('thinning out what is too much for one append', () => {
  const children = Array.from({ length: 5 }, (_, index) => registered(`e${index}`, { parentId: 'd1' }));
  const ofDevice = { type: 'ThinOut', id: 'd1', most: 3, begins: true } as const;
  const ofRegion = { ...ofDevice, id: undefined } as const;

  it('takes leaves, until the rest goes in one append', () => {
    const begun = given(region, registered('d1'), ...children).when(ofDevice);
    begun.yields(device('e0'), device('e1'), device('e2'));
    given(region, registered('d1'), ...children, ...begun.events())
      .when(ofDevice)
      .yields();
  });

  it('leaves room for the closing of a region', () => {
    given(region, registered('a'), registered('b')).when(ofRegion).yields();
    given(region, registered('a'), registered('b'), registered('c'))
      .when(ofRegion)
      .yields(device('a'), device('b'));
  });

  it('takes nothing at first when maintenance is working on the last of it', () => {
    const last: RegionEvent = { type: 'DeviceClaimed', data: { deviceId: 'e4', windowId: 'w' } };
    const busy = given(region, registered('d1'), ...children, last);
    busy.when(ofDevice).refuses('illegal-state', /name-e4 .* w$/);
    busy.when(ofRegion).refuses('illegal-state', /name-e4 .* w$/);
    busy.when({ ...ofDevice, begins: false }).yields(device('e0'), device('e1'), device('e2'));
  });

  it('has nothing to do where nothing is', () => {
    given(region).when(ofDevice).yields();
    given(region, closed).when(ofRegion).yields();
  });
});
