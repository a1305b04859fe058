import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import type { Fact } from '#test/support/event-log.js';
import { device, port } from '#test/support/inventory-facts.js';
import { ReadModel } from '#test/support/read-model.js';
import { FleetQueries } from './fleet.queries.js';
import { inventory } from './inventory.projection.js';

const model = new ReadModel([inventory]);
const queries = new FleetQueries();

describe('the read model of the fleet', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('knows who inherits from whom, however many they are', async () => {
    const ids = Array.from({ length: 2001 }, (_, index) => `c${String(index).padStart(4, '0')}`);
    const registered = (cloudId: string): Fact => ['CloudRegistered', { cloudId, name: cloudId, note: null }];
    const [first = '', ...rest] = ids;
    let view = await model.after('project-p', registered(first));
    for (const half of [rest.slice(0, 1000), rest.slice(1000)]) {
      const [one = '', ...others] = half;
      view = await model.after('project-p', registered(one), ...others.map(registered));
    }
    const placed = queries.placed(view);
    expect(placed.map(({ id }) => id)).toEqual(ids);
    expect(new Set(placed.map(({ parentId }) => parentId))).toEqual(new Set([null]));
    expect(placed.every(({ placeId }) => placeId !== null)).toBe(true);
  });

  it('knows where each device and what is on it is, and was, whether it is asked for all or for some', async () => {
    const all = (view: ReadView) =>
      queries
        .placed(view)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, parentId, placeId }) => [id, parentId, placeId]);
    const some = (view: ReadView, ids: readonly string[]) =>
      (['device_places', 'interfaces'] as const)
        .flatMap((table) => queries.placedOf(view, table, ids))
        .map(({ id, parentId, placeId }) => [id, parentId, placeId]);
    const first = await model.after(
      'region-r1',
      device('d1', { cellId: 'l1' }),
      device('d2', { parentId: 'd1' }),
      device('d3'),
      port('i1', { deviceId: 'd1' }),
    );
    const then = [
      ['d1', null, 'l1'],
      ['d2', 'd1', 'r1'],
      ['d3', null, 'r1'],
      ['i1', 'd1', 'l1'],
    ];
    expect(all(first)).toEqual(then);
    expect(some(first, ['d1', 'd2', 'd3', 'i1'])).toEqual(then);
    const now = await model.after(
      'region-r1',
      ['DeviceMovedToCell', { deviceId: 'd1', cellId: null }],
      ['DeviceMovedToCell', { deviceId: 'd2', cellId: 'l2' }],
      ['DeviceMovedToParent', { deviceId: 'd2', parentId: null }],
      ['DeviceNoteChanged', { deviceId: 'd3', note: 'x' }],
      ['DeviceRemoved', { deviceId: 'd3' }],
    );
    const since = [
      ['d1', null, 'r1'],
      ['d2', null, 'l2'],
      ['i1', 'd1', 'r1'],
    ];
    expect(all(now)).toEqual(since);
    expect(some(now, ['d1', 'd2', 'd3', 'i1'])).toEqual(since);
    expect(all(model.asOf(first.cursor))).toEqual(then);
    expect(all(await model.after('cloud-c1', ['RegionRemoved', { regionId: 'r1' }]))).toEqual([]);
    expect(all(model.asOf(now.cursor))).toEqual(since);
  });
});
