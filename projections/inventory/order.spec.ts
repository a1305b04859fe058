import { pageAmong, type Rows, type Sort } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import type { Fact } from '#test/support/event-log.js';
import { device } from '#test/support/inventory-facts.js';
import { ReadModel } from '#test/support/read-model.js';
import { inventory } from './inventory.projection.js';
import { type DeviceFilter, type DeviceRow, InventoryQueries } from './inventory.queries.js';

const model = new ReadModel([inventory]);
const queries = new InventoryQueries();
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

/** From the first page to the last by markers, and back again. */
const walked = (
  read: (marker: string | undefined) => Rows<DeviceRow>,
): { readonly there: string[][]; readonly back: string[][] } => {
  const there: string[][] = [];
  const back: string[][] = [];
  let found = read(undefined);
  for (; found.more; found = read(found.end)) there.push(ids(found.rows));
  there.push(ids(found.rows));
  for (; found.previous !== undefined; found = read(found.previous ?? undefined))
    back.unshift(ids(found.rows));
  back.unshift(ids(found.rows));
  return { there, back };
};

const orders: readonly Sort[] = ['id', 'name', 'ip_address', 'cell_id', 'parent_id'].flatMap((column) =>
  [true, false].map((descending) => ({ column, descending })),
);

const fleet = (count: number): readonly Fact[] =>
  Array.from({ length: count }, (_, index) =>
    device(`d${String(index).padStart(4, '0')}`, {
      name: `host ${(index * 7) % 10}`,
      ipAddress: `10.0.0.${(index * 3) % 5}`,
      cellId: index % 3 === 0 ? null : `cell-${(index * 5) % 4}`,
      parentId: index % 2 ? `d000${index % 7}` : null,
    }),
  );

const slice = (facts: readonly Fact[], from: number, to: number): [Fact, ...Fact[]] =>
  facts.slice(from, to) as [Fact, ...Fact[]];

describe('a list of devices in an order of its own', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it.each([13, 2500])('is the same page by page, whatever the order, of %i', async (count) => {
    const limit = count === 13 ? 4 : 700;
    const facts = fleet(count);
    let view = await model.after('region-r1', ...slice(facts, 0, 900));
    for (let at = 900; at < count; at += 900)
      view = await model.after('region-r1', ...slice(facts, at, at + 900));
    const all = queries.devices(view, {}, { limit: count }).rows;
    for (const sort of orders) {
      const found = walked((marker) => queries.devices(view, {}, { limit, marker, sort }));
      const inMemory = walked((marker) => pageAmong(all, { limit, marker, sort }));
      expect(found.there).toEqual(inMemory.there);
      expect(found.back).toEqual(found.there);
      expect(inMemory.back).toEqual(inMemory.there);
      expect(found.there.flat().toSorted()).toEqual(ids(all));
    }
  });
});

describe('a page of such a list', () => {
  const sort: Sort = { column: 'name', descending: false };
  const named = (id: string, name: string) => device(id, { name });
  const read = (view: ReadView, marker?: string, filter: DeviceFilter = {}) =>
    queries.devices(view, filter, { limit: 2, marker, sort });

  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('begins where the one before ended, though that thing is gone', async () => {
    const before = await model.after('region-r1', named('d1', 'c'), named('d2', 'b'), named('d3', 'a'));
    const { end } = read(before);
    const view = await model.after('region-r1', ['DeviceRemoved', { deviceId: 'd2' }], named('d4', 'bb'));
    expect(ids(read(view, end).rows)).toEqual(['d4', 'd1']);
    expect(read(view, end).previous).toBeNull();
    const gone = await model.after('region-r1', ['DeviceRemoved', { deviceId: 'd3' }]);
    expect(read(gone, end).previous).toBeUndefined();
  });

  it('takes the id of a thing that is there, and no marker of another list', async () => {
    const view = await model.after('region-r1', named('d1', 'b'), named('d2', 'a'), named('d3', 'c'));
    expect(ids(read(view, 'd2').rows)).toEqual(['d1', 'd3']);
    const { end } = read(view);
    const inOrderOfAddress = { limit: 2, marker: end, sort: { column: 'ip_address', descending: false } };
    expect(() => queries.devices(view, {}, inOrderOfAddress)).toThrow(/same order/);
    expect(() => queries.devices(view, {}, { limit: 2, marker: end })).toThrow(/same order/);
    for (const marker of ['d9', '~', '~!', '~bnVsbA', '~e30'])
      expect(() => read(view, marker)).toThrow(/^marker/);
    expect(() => pageAmong([{ id: 'd1' }], { limit: 1, marker: 'd9', sort })).toThrow(/not in this list/);
  });

  it('is of the past as it was then', async () => {
    const then = await model.after('region-r1', named('d1', 'b'), named('d2', 'a'), named('d3', 'c'));
    await model.after('region-r1', ['DeviceRenamed', { deviceId: 'd1', name: 'z' }]);
    const past = model.asOf(then.cursor);
    expect(ids(read(past).rows)).toEqual(['d2', 'd1']);
    expect(ids(read(past, read(past).end).rows)).toEqual(['d3']);
  });
});
