import { cell, claimed, register, registered, retired } from '#test/support/region.js';
import { given } from '#test/support/given.js';
import { region } from './region.decider.js';
import type { RegionEvent } from './region.events.js';

describe('the devices of a region', () => {
  it('have unique names', () => {
    given(region).when(register('d1')).yields(registered('d1'));
    given(region, registered('d1'))
      .when(register('d2', { name: 'name-d1' }))
      .refuses('already-exists', /name-d1/);
    given(region, registered('d1'), registered('d2'))
      .when({ type: 'ChangeDevice', deviceId: 'd2', name: 'name-d1' })
      .refuses('already-exists');
  });

  it('are in cells and under parents that exist', () => {
    given(region)
      .when(register('d1', { cellId: 'cell' }))
      .refuses('not-found', /cell/);
    given(region)
      .when(register('d1', { parentId: 'd0' }))
      .refuses('not-found', /d0/);
    given(region, cell, registered('d1'))
      .when(register('d2', { cellId: 'cell', parentId: 'd1' }))
      .yields(registered('d2', { cellId: 'cell', parentId: 'd1' }));
  });

  it('form a tree without cycles', () => {
    const chain = [
      registered('d1'),
      registered('d2', { parentId: 'd1' }),
      registered('d3', { parentId: 'd2' }),
    ];
    const move = (deviceId: string, parentId: string | null) =>
      ({ type: 'ChangeDevice', deviceId, parentId }) as const;
    given(region, ...chain)
      .when(move('d1', 'd3'))
      .refuses('illegal-state', /descends/);
    given(region, ...chain)
      .when(move('d1', 'd1'))
      .refuses('illegal-state', /own parent/);
    given(region, ...chain)
      .when(move('d3', 'd1'))
      .yields({ type: 'DeviceMovedToParent', data: { deviceId: 'd3', parentId: 'd1' } });
    given(region, ...chain)
      .when(move('d3', null))
      .yields({ type: 'DeviceMovedToParent', data: { deviceId: 'd3', parentId: null } });
  });

  it('form a tree of at most 32 levels', () => {
    const chain = (name: string, length: number) =>
      Array.from({ length }, (_, index) =>
        registered(`${name}${index}`, { parentId: index === 0 ? null : `${name}${index - 1}` }),
      );
    given(region, ...chain('a', 32))
      .when(register('d', { parentId: 'a31' }))
      .refuses('illegal-state', /32 levels/);
    given(region, ...chain('a', 31))
      .when(register('d', { parentId: 'a30' }))
      .yields(registered('d', { parentId: 'a30' }));
    const move = { type: 'ChangeDevice', deviceId: 'b0', parentId: 'a15' } as const;
    given(region, ...chain('a', 16), ...chain('b', 17))
      .when(move)
      .refuses('illegal-state', /32 levels/);
    given(region, ...chain('a', 16), ...chain('b', 16))
      .when(move)
      .yields({ type: 'DeviceMovedToParent', data: { deviceId: 'b0', parentId: 'a15' } });
  });

  it('hold containers in hosts and containers only', () => {
    const inside = (kind: 'host' | 'container' | 'network-device') => [
      registered('d1', { kind }),
      registered('d2', { kind: 'container' }),
    ];
    const container = register('d3', { kind: 'container', parentId: 'd1' });
    for (const kind of ['host', 'container'] as const) {
      given(region, ...inside(kind))
        .when(container)
        .yields(registered('d3', { kind: 'container', parentId: 'd1' }));
    }
    given(region, ...inside('network-device'))
      .when(container)
      .refuses('illegal-state', /network device/);
    given(region, ...inside('network-device'))
      .when({ type: 'ChangeDevice', deviceId: 'd2', parentId: 'd1' })
      .refuses('illegal-state', /network device/);
  });

  it('change only where something differs, one event for each thing', () => {
    const all = {
      name: 'n',
      ipAddress: '::1',
      deviceType: 'blade',
      active: false,
      note: 'x',
      cellId: 'cell',
      modelName: 'X1',
      osVersion: '7',
      vlans: '1-4',
    };
    given(region, cell, registered('d1'))
      .when({ type: 'ChangeDevice', deviceId: 'd1', ...all })
      .yields(
        { type: 'DeviceRenamed', data: { deviceId: 'd1', name: 'n' } },
        { type: 'DeviceAddressChanged', data: { deviceId: 'd1', ipAddress: '::1' } },
        { type: 'DeviceTypeChanged', data: { deviceId: 'd1', deviceType: 'blade' } },
        { type: 'DeviceDeactivated', data: { deviceId: 'd1' } },
        { type: 'DeviceNoteChanged', data: { deviceId: 'd1', note: 'x' } },
        { type: 'DeviceMovedToCell', data: { deviceId: 'd1', cellId: 'cell' } },
        { type: 'DeviceModelChanged', data: { deviceId: 'd1', modelName: 'X1' } },
        { type: 'DeviceOsVersionChanged', data: { deviceId: 'd1', osVersion: '7' } },
        { type: 'DeviceVlansChanged', data: { deviceId: 'd1', vlans: '1-4' } },
      );
    given(region, registered('d1', { active: false }))
      .when({ type: 'ChangeDevice', deviceId: 'd1', active: true })
      .yields({ type: 'DeviceActivated', data: { deviceId: 'd1' } });
    given(region, cell, registered('d1', all))
      .when({ type: 'ChangeDevice', deviceId: 'd1', ...all })
      .yieldsNothing();
    given(region).when({ type: 'ChangeDevice', deviceId: 'd1' }).refuses('not-found');
  });

  it('retire once, and free their name', () => {
    given(region, registered('d1')).when({ type: 'RetireDevice', deviceId: 'd1' }).yields(retired);
    given(region, registered('d1'), retired).when({ type: 'RetireDevice', deviceId: 'd1' }).yieldsNothing();
    given(region, registered('d1'), retired)
      .when(register('d2', { name: 'name-d1' }))
      .yields(registered('d2', { name: 'name-d1' }));
    given(region, registered('d1'), retired)
      .when({ type: 'ChangeDevice', deviceId: 'd1', note: 'x' })
      .refuses('illegal-state', /retired/);
  });

  it('stay while others hang under them or maintenance works on them', () => {
    const child = registered('d2', { parentId: 'd1' });
    for (const type of ['RetireDevice', 'RemoveDevice'] as const) {
      given(region, registered('d1'), child)
        .when({ type, deviceId: 'd1' })
        .refuses('illegal-state', /^1 thing still hangs on host name-d1: host name-d2$/);
      given(region, registered('d1'), claimed).when({ type, deviceId: 'd1' }).refuses('illegal-state', /w1/);
    }
    given(region, registered('d1'), child, { type: 'DeviceRemoved', data: { deviceId: 'd2' } })
      .when({ type: 'RemoveDevice', deviceId: 'd1' })
      .yields({ type: 'DeviceRemoved', data: { deviceId: 'd1' } });
  });

  it('are under one maintenance at a time', () => {
    const claim = { type: 'ClaimDevice', deviceId: 'd1', windowId: 'w1' } as const;
    const release = { type: 'ReleaseDevice', deviceId: 'd1', windowId: 'w1' } as const;
    const released: RegionEvent = { type: 'DeviceReleased', data: { deviceId: 'd1', windowId: 'w1' } };
    given(region, registered('d1')).when(claim).yields(claimed);
    given(region, registered('d1'), claimed).when(claim).yieldsNothing();
    given(region, registered('d1'), claimed)
      .when({ ...claim, windowId: 'w2' })
      .refuses('illegal-state', /w1/);
    given(region, registered('d1'), claimed).when(release).yields(released);
    given(region, registered('d1'), claimed)
      .when({ ...release, windowId: 'w2' })
      .yieldsNothing();
    given(region, registered('d1'), claimed, released)
      .when({ ...claim, windowId: 'w2' })
      .yields({ type: 'DeviceClaimed', data: { deviceId: 'd1', windowId: 'w2' } });
    given(region, registered('d1'), retired)
      .when(claim)
      .refuses('illegal-state', /retired/);
    given(region).when(claim).refuses('not-found');
  });
});

describe('the cells of a region', () => {
  it('have unique names and change only where something differs', () => {
    const command = {
      type: 'RegisterCell',
      cellId: 'cell',
      cloudId: 'cloud',
      name: 'a',
      note: null,
    } as const;
    given(region).when(command).yields(cell);
    given(region, cell)
      .when({ ...command, cellId: 'other' })
      .refuses('already-exists');
    given(region, cell).when({ type: 'ChangeCell', cellId: 'cell', name: 'a', note: null }).yieldsNothing();
    given(region, cell)
      .when({ type: 'ChangeCell', cellId: 'cell', name: 'b', note: 'n' })
      .yields(
        { type: 'CellRenamed', data: { cellId: 'cell', name: 'b' } },
        { type: 'CellNoteChanged', data: { cellId: 'cell', note: 'n' } },
      );
  });

  it('stay while devices are in them', () => {
    const remove = { type: 'RemoveCell', cellId: 'cell' } as const;
    const removed: RegionEvent = { type: 'CellRemoved', data: { cellId: 'cell' } };
    const inside = registered('d1', { cellId: 'cell' });
    given(region, cell, inside)
      .when(remove)
      .refuses('illegal-state', /^1 thing still hangs on cell a: host name-d1$/);
    given(region, cell, inside, { type: 'DeviceMovedToCell', data: { deviceId: 'd1', cellId: null } })
      .when(remove)
      .yields(removed);
    given(region, cell, inside, retired).when(remove).yields(removed);
    given(region, cell, removed).when(remove).refuses('not-found');
  });
});

describe('a region', () => {
  it('closes when it is empty, and takes nothing afterwards', () => {
    const closed: RegionEvent = { type: 'RegionClosed', data: {} };
    given(region).when({ type: 'CloseRegion' }).yields(closed);
    given(region, closed).when({ type: 'CloseRegion' }).yieldsNothing();
    given(region, cell)
      .when({ type: 'CloseRegion' })
      .refuses('illegal-state', /^1 thing still hangs on the region: cell a$/);
    given(region, closed)
      .when(register('d1'))
      .refuses('illegal-state', /removed/);
  });
});
