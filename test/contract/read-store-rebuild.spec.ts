import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AnyProjection, Write } from '#libs/kernel/src/projection.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Fact, happen } from '#test/support/event-log.js';
import {
  Bench,
  dump,
  dumpOfFile,
  failsWith,
  gate,
  items,
  namesIn,
  story,
  tags,
  until,
  WatchedStore,
} from '#test/support/read-store.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

const tablesIn = (file: string): string[] => {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  database.close();
  return rows.map(({ name }) => name as string);
};

const aThousand = (from: number): [Fact, ...Fact[]] => {
  const facts = Array.from({ length: 1000 }, (_, index): Fact => {
    return ['ItemAdded', { id: `${index % 7}`, name: `name-${from}-${index}`, shelf: 's' }];
  });
  return facts as [Fact, ...Fact[]];
};

/** As `items`, with every name in capitals. */
const shouting = (version: number, extra: Partial<AnyProjection> = {}): AnyProjection => {
  const capitals = (writes: readonly Write[]): readonly Write[] =>
    writes.map((write) =>
      write.verb !== 'remove' && typeof write.values['name'] === 'string'
        ? { ...write, values: { ...write.values, name: write.values['name'].toUpperCase() } }
        : write,
    );
  const on = Object.entries((items as AnyProjection).on).map(([type, handler]) => [
    type,
    (event: unknown) => capitals(handler!(event)),
  ]);
  return { ...items, version, on: Object.fromEntries(on) as AnyProjection['on'], ...extra };
};

const raised = { projections: [shouting(2), tags] };

/** A read store that is held up in its first building. */
const halfBuilt = async () => {
  const store = new WatchedStore();
  for (let thousand = 0; thousand < 6; thousand += 1) await happen(store, 'store-1', ...aThousand(thousand));
  const { promise, resolve: goOn } = gate();
  store.before = () => (store.seen[0]!.length > 0 ? promise : undefined);
  const first = bench.make(store);
  const starting = first.start();
  await until(() => first.cursor() !== undefined);
  return { store, first, starting, goOn };
};

describe('a read store that is opened again', () => {
  it('goes on where it ended', async () => {
    const store = new WatchedStore();
    await story(store, 50);
    await (await bench.open(store)).close();
    const cursor = (await story(store, 30, 2)).at(-1)!;
    const models = await bench.open(store);
    const [before, after] = store.seen;
    expect(after).not.toEqual([]);
    expect(after!.filter((id) => before!.includes(id))).toEqual([]);
    expect(models.cursor()).toBe(cursor);
    const anew = await bench.open(store, { path: join(bench.dir, 'anew.db') });
    expect(dump(models.now())).toEqual(dump(anew.now()));
  });

  it('goes on in the middle of its first building', async () => {
    const { store, first, starting, goOn } = await halfBuilt();
    expect(() => first.now()).toThrow(/being built/);
    const closing = first.close();
    goOn();
    await expect(starting).rejects.toEqual(failsWith('unavailable', /closed/));
    await closing;
    const models = await bench.open(store);
    expect(store.seen[1]).toHaveLength(4000);
    const anew = await bench.open(store, { path: join(bench.dir, 'anew.db') });
    expect(dump(models.now())).toEqual(dump(anew.now()));
  });

  it('begins again when it was cut off in the middle of its first building', async () => {
    const { store, first, starting, goOn } = await halfBuilt();
    // What a process that is killed now leaves behind.
    const cutOff = join(bench.dir, 'cut-off.db');
    copyFileSync(bench.path, cutOff);
    goOn();
    await starting;
    const models = await bench.open(store, { path: cutOff });
    expect(bench.lines).toContainEqual(expect.stringMatching(/cut-off.db .*first building was cut off/));
    expect(store.seen[1]).toHaveLength(6000);
    expect(dump(models.now())).toEqual(dump(first.now()));
  });

  it('makes the same tables of the same log, whether at once or event by event', async () => {
    // A time of its own for each event, and many in a batch that is read at once.
    let ms = 0;
    const store = new MemoryEventStore(new MemoryLog({ now: () => new Date((ms += 1)) }));
    const slow = await bench.open(store, { path: join(bench.dir, 'slow.db') });
    for (let seed = 1; seed <= 110; seed += 1) await slow.passed((await story(store, 3, seed)).at(-1)!, 5000);
    await slow.close();
    for (const name of ['once.db', 'twice.db'])
      await (await bench.open(store, { path: join(bench.dir, name) })).close();
    const [first, ...others] = ['slow.db', 'once.db', 'twice.db'].map((name) =>
      dumpOfFile(join(bench.dir, name)),
    );
    for (const part of ['items_history', '{"ms":330,']) expect(first).toContain(part);
    for (const other of others) expect(other).toBe(first);
  });

  it('skips what is delivered a second time', async () => {
    const store = new WatchedStore();
    await story(store, 100);
    store.again = true;
    const models = await bench.open(store);
    await models.passed((await story(store, 20, 3)).at(-1)!, 5000);
    await models.close();
    store.again = false;
    await (await bench.open(store, { path: join(bench.dir, 'once.db') })).close();
    expect(dumpOfFile(bench.path)).toBe(dumpOfFile(join(bench.dir, 'once.db')));
  });
});

describe('a projection whose version was raised', () => {
  it('is built beside its old tables, which go on answering until they are swapped', async () => {
    const store = new WatchedStore();
    await happen(store, 'store-1', ['ItemAdded', { id: 'a', name: 'old', shelf: 's' }]);
    await (await bench.open(store)).close();
    const { promise, resolve } = gate();
    store.before = (subscription) => (subscription === 2 ? promise : undefined);
    const models = await bench.open(store, raised);
    expect(namesIn(models.now())).toEqual(['old']);
    expect(models.health()).toEqual({ ok: true, detail: 'building items' });
    const cursor = await happen(
      store,
      'store-1',
      ['ItemTagged', { id: 'a', tag: 't' }],
      ['ItemRenamed', { id: 'a', name: 'new' }],
    );
    await models.passed(cursor, 5000);
    expect(models.now().get('SELECT tag FROM tags')).toEqual({ tag: 't' });
    expect(namesIn(models.now())).toEqual(['old']);
    resolve();
    await until(() => models.health().detail === 'up to date');
    expect(namesIn(models.now())).toEqual(['NEW']);
    expect(namesIn(models.asOf(cursor))).toEqual(['NEW']);
    await models.passed(await happen(store, 'store-1', ['ItemRenamed', { id: 'a', name: 'newer' }]), 5000);
    expect(namesIn(models.now())).toEqual(['NEWER']);
    await models.close();
    expect(tablesIn(bench.path).filter((name) => name.startsWith('items'))).toEqual([
      'items__3',
      'items__3_history',
    ]);
    expect(bench.lines).toEqual(['building items 2 beside what answers', 'built items']);
  });

  it('has the same tables as one that was never built otherwise', async () => {
    const store = new WatchedStore();
    await story(store, 200);
    await (await bench.open(store)).close();
    const models = await bench.open(store, raised);
    await models.passed((await story(store, 50, 5)).at(-1)!, 5000);
    await until(() => models.health().detail === 'up to date');
    await models.close();
    await (await bench.open(store, { ...raised, path: join(bench.dir, 'anew.db') })).close();
    expect(dumpOfFile(bench.path)).toBe(dumpOfFile(join(bench.dir, 'anew.db')));
  });

  it('goes on building where it was interrupted', async () => {
    const store = new WatchedStore();
    await story(store, 1200);
    await (await bench.open(store)).close();
    const { promise, resolve } = gate();
    let batches = 0;
    store.before = (subscription) => (subscription === 2 && ++batches === 2 ? promise : undefined);
    const models = await bench.open(store, raised);
    await until(() => batches === 2);
    const closing = models.close();
    resolve();
    await closing;
    const again = await bench.open(store, raised);
    await until(() => again.health().detail === 'up to date');
    expect(store.seen[4]!.filter((id) => store.seen[2]!.slice(0, 400).includes(id))).toEqual([]);
    const anew = await bench.open(store, { ...raised, path: join(bench.dir, 'anew.db') });
    expect(dump(again.now())).toEqual(dump(anew.now()));
  });

  it('is waited for when its old tables lack what queries ask for', async () => {
    const store = new WatchedStore();
    await happen(store, 'store-1', ['ItemAdded', { id: 'a', name: 'old', shelf: 's' }]);
    await (await bench.open(store)).close();
    const [table] = items.tables;
    const wider = shouting(2, { tables: [{ ...table!, columns: { ...table!.columns, colour: 'TEXT' } }] });
    const models = await bench.open(store, { projections: [wider, tags] });
    expect(models.now().all('SELECT name, colour FROM items')).toEqual([{ name: 'OLD', colour: null }]);
    expect(bench.lines).toContain('building items 2 before anything is answered');
  });

  it('may be lowered again', async () => {
    const store = new WatchedStore();
    await happen(store, 'store-1', ['ItemAdded', { id: 'a', name: 'name', shelf: 's' }]);
    await (await bench.open(store)).close();
    const { promise, resolve } = gate();
    store.before = (subscription) => (subscription === 2 ? promise : undefined);
    const closing = (await bench.open(store, raised)).close();
    resolve();
    await closing;
    const models = await bench.open(store);
    expect(models.health().detail).toBe('up to date');
    expect(namesIn(models.now())).toEqual(['name']);
    expect(tablesIn(bench.path).filter((name) => name.startsWith('items'))).toEqual([
      'items__1',
      'items__1_history',
    ]);
  });
});

describe('the set of projections', () => {
  it('may grow: a new one is read from the start before anything is answered', async () => {
    const store = new WatchedStore();
    const cursor = await happen(store, 'store-1', ['ItemTagged', { id: 'a', tag: 't' }]);
    await (await bench.open(store, { projections: [items] })).close();
    const models = await bench.open(store);
    expect(models.now().all('SELECT tag FROM tags')).toEqual([{ tag: 't' }]);
    expect(models.cursor()).toBe(cursor);
  });

  it('may shrink: the tables of one that is gone are dropped', async () => {
    const store = new WatchedStore();
    await story(store, 10);
    await (await bench.open(store)).close();
    await (await bench.open(store, { projections: [items] })).close();
    expect(tablesIn(bench.path).filter((name) => name.startsWith('tags'))).toEqual([]);
  });

  it.each<[RegExp, Partial<AnyProjection>]>([
    [/table tags is declared twice/, { tables: [...items.tables, ...tags.tables] }],
    [/projection tags is declared twice/, { name: 'tags' }],
    [
      /shelve is not a column/,
      { tables: [{ name: 'x', columns: { id: 'TEXT' }, key: ['id'], indexes: [['shelve']] }] },
    ],
    [
      /valid_from belongs to the read store/,
      { tables: [{ name: 'x', columns: { valid_from: 'TEXT' }, key: ['valid_from'] }] },
    ],
    [
      /id has no plain SQLite type/,
      { tables: [{ name: 'x', columns: { id: 'TEXT PRIMARY KEY' }, key: ['id'] }] },
    ],
    [/it has no key/, { tables: [{ name: 'x', columns: { id: 'TEXT' }, key: [] }] }],
    [/X__y is no snake_case name/, { tables: [{ name: 'X__y', columns: { id: 'TEXT' }, key: ['id'] }] }],
  ])('is refused when it contradicts itself: %s', (message, wrong) => {
    const make = () => bench.make(new MemoryEventStore(), { projections: [{ ...items, ...wrong }, tags] });
    expect(make).toThrow(message);
  });
});
