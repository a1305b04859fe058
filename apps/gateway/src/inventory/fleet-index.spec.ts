import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { ReadStore, Watch } from '#libs/platform/src/read-store/read-store.js';
import { projections } from '#projections/index.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { FleetQueries } from '#projections/inventory/fleet.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { type Fact, happen } from '#test/support/event-log.js';
import { cell, cloud, device, network, port, region } from '#test/support/inventory-facts.js';
import { Bench } from '#test/support/read-store.js';
import { FleetIndex } from './fleet-index.js';

/** Counts how often the whole fleet is read. */
class CountingFleet extends FleetQueries {
  planted = 0;

  override placed(...asked: Parameters<FleetQueries['placed']>) {
    this.planted += 1;
    return super.placed(...asked);
  }
}

class FaultyVariables extends VariablesQueries {
  isAway = false;

  override searchable(...asked: Parameters<VariablesQueries['searchable']>) {
    if (this.isAway) throw new Error('away');
    return super.searchable(...asked);
  }
}

const bench = new Bench();
let store: MemoryEventStore;
let models: ReadStore;
let fleet: CountingFleet;
let variables: FaultyVariables;
let index: FleetIndex;

beforeEach(async () => {
  store = new MemoryEventStore();
  models = bench.make(store, { path: `${bench.dir}/${crypto.randomUUID()}.db`, projections });
  await models.start();
  fleet = new CountingFleet();
  variables = new FaultyVariables();
  index = new FleetIndex(fleet, new AccessQueries(), variables, models);
});
afterAll(() => bench.end());

const after = async (stream: string, ...facts: [Fact, ...Fact[]]) =>
  models.passed(await happen(store, stream, ...facts), 10_000);
const set = (id: string, values: object): Promise<void> =>
  after(`variables-${id}`, ['VariablesSet', { ownerKind: 'host', values } as Fact[1]]);

const find = (vars: string): readonly string[] => index.matching(models.now(), { vars })?.toSorted() ?? [];

/** As one finds who never searched before. */
const anew = (vars: string): readonly string[] =>
  new FleetIndex(new FleetQueries(), new AccessQueries(), new VariablesQueries(), models)
    .matching(models.now(), { vars })
    ?.toSorted() ?? [];

const founded = async (): Promise<void> => {
  await after('project-p', ['ProjectCreated', { name: 'p' }], cloud('c1'));
  await after('cloud-c1', region('r1'), region('r2'));
  await after('region-r1', cell('l1'), cell('l2'), device('h1', { cellId: 'l1' }), device('h2'));
};

/** What may happen to a fleet: the same in every run. */
const fate = () => {
  let seed = 7;
  const below = (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const devices = ['h1', 'h2'];
  const one = () => devices[below(devices.length)] ?? 'h1';
  const acts: (() => Promise<void>)[] = [
    () => {
      const id = `d${below(1_000_000)}`;
      const parentId = below(2) ? one() : null;
      devices.push(id);
      return after('region-r1', device(id, { cellId: below(2) ? 'l1' : null, parentId }));
    },
    () => set(one(), { x: below(3), y: below(2) }),
    () => set(['p', 'c1', 'r1', 'l1', 'l2'][below(5)] ?? '', { [['x', 'y'][below(2)] ?? 'x']: below(3) }),
    () => after(`variables-${one()}`, ['VariablesRemoved', { ownerKind: 'host', keys: ['x'] }]),
    () => {
      const cellId = [null, 'l1', 'l2'][below(3)] ?? null;
      return after('region-r1', ['DeviceMovedToCell', { deviceId: one(), cellId }]);
    },
    () => {
      // Never under a later one: no circle.
      const at = below(devices.length);
      const parentId = at === 0 ? null : (devices[below(at)] ?? null);
      return after('region-r1', ['DeviceMovedToParent', { deviceId: devices[at] ?? '', parentId }]);
    },
    () => after('region-r1', port(`i${below(1_000_000)}`, { deviceId: one() })),
    () => after('region-r1', ['DeviceNoteChanged', { deviceId: one(), note: 'n' }]),
  ];
  return { below, devices, act: () => acts[below(acts.length)]?.() };
};

describe('the index of a fleet', () => {
  it('is laid out before the first search', async () => {
    await founded();
    await set('l1', { x: 1 });
    index.onApplicationBootstrap();
    expect(find('x:1')).toEqual(['h1', 'l1']);
    expect(fleet.planted).toBe(1);
  });

  it('is laid out by the first search when nothing could be read at the start', async () => {
    const unread = bench.make(store, { path: `${bench.dir}/${crypto.randomUUID()}.db`, projections });
    const early = new FleetIndex(fleet, new AccessQueries(), variables, unread);
    early.onApplicationBootstrap();
    expect(fleet.planted).toBe(0);
    await founded();
    await unread.start();
    expect(early.matching(unread.now(), { vars: 'x:1' })).toEqual([]);
    await unread.close();
  });

  it('follows what is written without reading the fleet again', async () => {
    await founded();
    await set('l1', { x: 1 });
    expect(find('x:1')).toEqual(['h1', 'l1']);
    await set('h2', { x: 1 });
    expect(find('x:1')).toEqual(['h1', 'h2', 'l1']);
    await after('region-r1', ['DeviceMovedToCell', { deviceId: 'h1', cellId: 'l2' }]);
    expect(find('x:1')).toEqual(['h2', 'l1']);
    await after('region-r1', device('h0', { parentId: 'h2' }), device('h3', { cellId: 'l1' }));
    await after('region-r1', port('i1', { deviceId: 'h3' }), network('n1'));
    expect(find('x:1')).toEqual(['h0', 'h2', 'h3', 'i1', 'l1']);
    await after('region-r1', ['DeviceMovedToCell', { deviceId: 'h3', cellId: null }]);
    expect(find('x:1')).toEqual(['h0', 'h2', 'l1']);
    await after('variables-h2', ['VariablesRemoved', { ownerKind: 'host', keys: ['x'] }]);
    expect(find('x:1')).toEqual(['l1']);
    await set('r1', { x: 1, y: 2 });
    expect(find('x:1, y:2')).toEqual(['h0', 'h1', 'h2', 'h3', 'i1', 'l1', 'l2', 'n1', 'r1']);
    await after('region-r1', ['DeviceRemoved', { deviceId: 'h0' }]);
    expect(find('not z exists')).toEqual(anew('not z exists'));
    expect(fleet.planted).toBe(1);
  });

  it('finds what one finds who reads everything anew, whatever happens', async () => {
    await founded();
    const { act, below } = fate();
    const asked = ['x:1', 'x:1 or y:1', 'not x:0 and y exists', 'x >= 1'];
    for (let turn = 0; turn < 120; turn += 1) {
      await act();
      if (turn % 3 > 0) continue;
      const vars = asked[below(asked.length)] ?? '';
      expect([turn, find(vars)]).toEqual([turn, anew(vars)]);
    }
    expect(fleet.planted).toBe(1);
  }, 30_000);

  it('finds of the past what was found then, whatever happened since', async () => {
    await founded();
    const { act, below, devices } = fate();
    const asked = ['x:1', 'x:1 or y:1', 'not x:0 and y exists', 'x >= 1'];
    const found: { cursor: Cursor | undefined; vars: string; ids: readonly string[] }[] = [];
    const look = () => {
      const vars = asked[below(asked.length)] ?? '';
      found.push({ cursor: models.cursor(), vars, ids: anew(vars) });
    };
    for (let turn = 0; turn < 300; turn += 1) {
      await act();
      if (turn % 30 === 29) await after('region-r1', ['DeviceRemoved', { deviceId: devices.pop() ?? '' }]);
      if (turn % 5 === 0) look();
    }
    await after('cloud-c1', ['RegionRemoved', { regionId: 'r1' }]);
    look();
    for (const { cursor, vars, ids } of found.toReversed()) {
      const then = index.matching(models.asOf(cursor), { vars })?.toSorted();
      expect([cursor, vars, then]).toEqual([cursor, vars, ids]);
    }
    expect(new Set(found.map(({ ids }) => ids.length)).size).toBeGreaterThan(10);
    // Some of them from the tree of the present, some not.
    expect(fleet.planted).toBeGreaterThan(1);
    expect(fleet.planted).toBeLessThan(found.length);
  }, 30_000);

  it('reads the fleet again when it cannot tell what became of it', async () => {
    await founded();
    await set('c1', { x: 1 });
    expect(find('x:1')).toHaveLength(7);
    await after('cloud-c1', ['RegionRemoved', { regionId: 'r1' }]);
    expect(find('x:1')).toEqual(['c1', 'r2']);
    expect(fleet.planted).toBe(2);
  });

  it('finds of a value that is not plain that it is there, and not what it hides', async () => {
    await founded();
    await set('l1', { x: 1 });
    await set('h2', { x: 1 });
    const bound = (id: string) =>
      after(`variables-${id}`, ['VariablesBound', { ownerKind: 'host', bindings: { x: { provider: 'p' } } }]);
    await bound('h1');
    expect([find('x:1'), find('x exists')]).toEqual([
      ['h2', 'l1'],
      ['h1', 'h2', 'l1'],
    ]);
    await bound('h2');
    expect([find('x:1'), find('x exists')]).toEqual([['l1'], ['h1', 'h2', 'l1']]);
    expect(fleet.planted).toBe(1);
  });

  it('keeps the past that was asked for last', async () => {
    await founded();
    await set('h1', { x: 1 });
    const then = models.cursor();
    await set('h1', { x: 2 });
    const past = (vars: string) => index.matching(models.asOf(then), { vars });
    expect([past('x:1'), past('x:2'), find('x:2')]).toEqual([['h1'], [], ['h1']]);
    // Nothing has moved since: it has the tree of the present.
    expect(fleet.planted).toBe(1);
  });

  it('does not take what it failed to follow for followed', async () => {
    await founded();
    await set('h1', { x: 1 });
    expect(find('x:1')).toEqual(['h1']);
    await set('h2', { x: 1 });
    variables.isAway = true;
    expect(() => find('x:1')).toThrow('away');
    variables.isAway = false;
    expect(find('x:1')).toEqual(['h1', 'h2']);
  });

  it('knows of no more writes than it can follow', async () => {
    const watch: Watch = models.watch(['devices']);
    expect(watch.take()).toBeUndefined();
    await founded();
    expect(watch.take()).toEqual([
      { table: 'devices', key: { id: 'h1' } },
      { table: 'devices', key: { id: 'h2' } },
    ]);
    expect(watch.take()).toEqual([]);
    for (let number = 0; number < 20_001; number += 1) {
      watch.note({ verb: 'remove', table: 'devices', key: { id: `d${number}` } });
    }
    expect(watch.take()).toBeUndefined();
    watch.lose();
    expect(watch.take()).toBeUndefined();
    expect(watch.take()).toEqual([]);
  });
});
