import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { changedSince, wholeOf } from '#libs/platform/src/read-store/whole.js';
import { type Fact, happen } from '#test/support/event-log.js';
import { Bench, story } from '#test/support/read-store.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

type Item = readonly [id: string, name: string, shelf: string | null];

const chunksOf = (view: ReadView, shelf?: string): Item[][] => {
  const members = { name: 'name', place: 'shelf' };
  const only = shelf === undefined ? {} : { where: 'shelf = ?', values: [shelf] };
  return [...wholeOf(view, { table: 'items', key: ['id'], members, ...only })].map(({ id, name, place }) =>
    id.map((each, index) => [each, name[index], place[index]] as Item),
  );
};

const byId = (items: readonly Item[]): Item[] => items.toSorted(([a], [b]) => (a < b ? -1 : 1));

const tagsOf = (view: ReadView) =>
  [...wholeOf(view, { table: 'tags', key: ['id', 'tag'], members: {} })]
    .flatMap(({ id, tag }) => id.map((each, index) => ({ id: each, tag: tag[index] })))
    .toSorted((a, b) => (`${a.id}/${a.tag}` < `${b.id}/${b.tag}` ? -1 : 1));

describe('a whole table', () => {
  it('is what a query finds, now and at every cursor of the past', async () => {
    const store = new MemoryEventStore();
    const cursors = await story(store, 300);
    const models = await bench.open(store);
    const views = [models.now(), models.asOf(undefined), ...cursors.map((cursor) => models.asOf(cursor))];
    for (const view of views) {
      const sql = 'SELECT id, name, shelf FROM items';
      const all = view.all<{ id: string; name: string; shelf: string | null }>(`${sql} ORDER BY id`);
      expect(byId(chunksOf(view).flat())).toEqual(all.map(({ id, name, shelf }) => [id, name, shelf]));
      const some = view.all<{ id: string }>(`${sql} WHERE shelf = ? ORDER BY id`, 'shelf-1');
      expect(byId(chunksOf(view, 'shelf-1').flat()).map(([id]) => id)).toEqual(some.map(({ id }) => id));
      expect(tagsOf(view)).toEqual(view.all('SELECT id, tag FROM tags ORDER BY id, tag'));
    }
  });

  it('comes in chunks of at most 500 rows, at present in the order of the key', async () => {
    const store = new MemoryEventStore();
    const ids = Array.from({ length: 900 }, (_, index) => `item-${String(index).padStart(4, '0')}`);
    const added = ids.toReversed().map((id): Fact => ['ItemAdded', { id, name: id, shelf: 's' }]);
    const then = await happen(store, 'store-1', ...(added as [Fact, ...Fact[]]));
    const renamed = ids.slice(100).map((id): Fact => ['ItemRenamed', { id, name: 'new' }]);
    await happen(store, 'store-1', ...(renamed as [Fact, ...Fact[]]), [
      'ItemAdded',
      { id: 'item-late', name: 'late', shelf: 's' },
    ]);
    const models = await bench.open(store);
    const present = chunksOf(models.now());
    expect(present.map(({ length }) => length)).toEqual([500, 401]);
    expect(present.flat().map(([id]) => id)).toEqual([...ids, 'item-late']);
    const past = chunksOf(models.asOf(then));
    expect(Math.max(...past.map(({ length }) => length))).toBeLessThanOrEqual(500);
    expect(byId(past.flat())).toEqual(ids.map((id) => [id, id, 's']));
  });

  it('reads of the history only what was replaced since', async () => {
    const store = new MemoryEventStore();
    await story(store, 300);
    const recent = await happen(store, 'store-1', ['ItemAdded', { id: 'z', name: 'old', shelf: 's' }]);
    await happen(store, 'store-1', ['ItemRenamed', { id: 'z', name: 'new' }]);
    const models = await bench.open(store);
    const bounds = models
      .asOf(recent)
      .get<{ before: number; last: number }>('SELECT before, last FROM items_bounds');
    expect(bounds!.last - bounds!.before).toBe(1);
    expect(bounds!.last).toBeGreaterThan(50);
  });

  it('tells which rows were not then what they are now', async () => {
    const store = new MemoryEventStore();
    const cursors = await story(store, 300);
    const models = await bench.open(store);
    const rowsOf = (view: ReadView) =>
      new Map(view.all<{ id: string }>('SELECT * FROM items').map((row) => [row.id, JSON.stringify(row)]));
    const now = rowsOf(models.now());
    expect(changedSince(models.now(), 'items', 'id', 10)).toEqual([]);
    for (const cursor of [undefined, ...cursors]) {
      const then = rowsOf(models.asOf(cursor));
      const changed = changedSince(models.asOf(cursor), 'items', 'id', 1000)!;
      const different = [...now.keys(), ...then.keys()].filter((id) => now.get(id) !== then.get(id));
      expect(changed).toEqual(expect.arrayContaining(different));
      expect([...now.keys(), ...then.keys()]).toEqual(expect.arrayContaining([...changed]));
    }
    expect(changedSince(models.asOf(cursors.at(-1)), 'items', 'id', 0)).toEqual([]);
    const early = models.asOf(cursors[10]);
    expect(changedSince(early, 'items', 'id', 1)).toBeUndefined();
    expect(changedSince(models.asOf(undefined), 'items', 'id', now.size - 1)).toBeUndefined();
  });
});
