import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Cursor } from '#libs/kernel/src/event.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Fact, happen } from '#test/support/event-log.js';
import { Bench, dump, failsWith, gate, story, thrownBy, WatchedStore } from '#test/support/read-store.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.end());

describe('a read store', () => {
  it('answers with what the log says, and goes on as the log does', async () => {
    const store = new MemoryEventStore();
    await happen(store, 'store-1', ['ItemAdded', { id: 'a', name: 'first', shelf: 's' }]);
    const models = await bench.open(store);
    expect(models.now().all('SELECT * FROM items')).toEqual([
      { id: 'a', name: 'first', shelf: 's', revision: 0 },
    ]);
    const cursor = await happen(
      store,
      'store-1',
      ['ItemRenamed', { id: 'a', name: 'second' }],
      ['ItemTagged', { id: 'a', tag: 't' }],
    );
    await models.passed(cursor, 5000);
    expect(models.cursor()).toBe(cursor);
    expect(models.now().cursor).toBe(cursor);
    expect(models.now().get('SELECT name, revision, tag FROM items JOIN tags USING (id)')).toEqual({
      name: 'second',
      revision: 1,
      tag: 't',
    });
    expect(models.health()).toEqual({ ok: true, detail: 'up to date' });
  });

  it('answers for every past cursor as a read store does that has read no further', async () => {
    const store = new MemoryEventStore();
    // Long enough that of the history now much and now little has to be looked through.
    const cursors = await story(store, 600);
    const models = await bench.open(store);
    const replayed = new MemoryLog();
    const prefix = new MemoryEventStore(replayed);
    const shadow = await bench.open(prefix, { path: join(bench.dir, 'shadow.db') });
    expect(dump(models.asOf(undefined))).toEqual([[], []]);
    for await (const { id, type, data, metadata, cursor } of store.readAll()) {
      const at = await prefix.append('store-1', 'any', [{ id, type, data, metadata: metadata! }]);
      await shadow.passed(at.cursor, 5000);
      expect(dump(models.asOf(cursor))).toEqual(dump(shadow.now()));
    }
    expect(dump(models.asOf(cursors.at(-1)))).toEqual(dump(models.now()));
  });

  it('knows every version of a row, and from when to when it held, as far as the view looks', async () => {
    const store = new MemoryEventStore();
    const models = await bench.open(store);
    const add = (id: string): Fact => ['ItemAdded', { id, name: 'first', shelf: 's' }];
    const added = await happen(store, 'store-1', add('a'));
    await happen(store, 'store-1', add('b'));
    const renamed = await happen(store, 'store-1', ['ItemRenamed', { id: 'a', name: 'second' }]);
    const cleared = await happen(store, 'store-1', ['ShelfCleared', { shelf: 's' }]);
    const again = await happen(store, 'store-1', add('a'));
    await models.passed(again, 5000);
    const sql = `SELECT name, valid_from, valid_to FROM items_versions WHERE id = ? ORDER BY valid_from`;
    const all = [
      { name: 'first', valid_from: added, valid_to: renamed },
      { name: 'second', valid_from: renamed, valid_to: cleared },
      { name: 'first', valid_from: again, valid_to: null },
    ];
    const held = (rows: object[]) => rows.map((row) => ({ ...row }));
    expect(held(models.now().all(sql, 'a'))).toEqual(all);
    expect(held(models.asOf(again).all(sql, 'a'))).toEqual(all);
    expect(held(models.asOf(cleared).all(sql, 'a'))).toEqual(all.slice(0, 2));
    expect(held(models.asOf(renamed).all(sql, 'a'))).toEqual([all[0], { ...all[1], valid_to: null }]);
    expect(models.asOf(undefined).all(sql, 'a')).toEqual([]);
  });

  it('keeps no history of what came and went at one cursor', async () => {
    const store = new MemoryEventStore();
    await story(store, 300);
    await (await bench.open(store)).close();
    const database = new DatabaseSync(bench.path, { readOnly: true });
    for (const { name } of database
      .prepare(`SELECT name FROM sqlite_schema WHERE name LIKE '%\\_history' ESCAPE '\\'`)
      .all())
      expect(
        database.prepare(`SELECT * FROM "${name as string}" WHERE valid_from >= valid_to`).all(),
      ).toEqual([]);
    const lives = database.prepare(`SELECT count(*) AS lives FROM items__1_history`).get() as {
      lives: number;
    };
    expect(lives.lives).toBeGreaterThan(30);
    database.close();
  });

  it('keeps the history in the order in which it came about', async () => {
    const store = new MemoryEventStore();
    await story(store, 600);
    await (await bench.open(store)).close();
    const database = new DatabaseSync(bench.path, { readOnly: true });
    const named = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_history' ESCAPE '\\'`;
    for (const { name } of database.prepare(named).all()) {
      const history = name as string;
      const rows = database.prepare(`SELECT valid_to FROM "${history}" ORDER BY rowid`).all();
      const ends = rows.map((row) => row['valid_to'] as string);
      expect(ends.length).toBeGreaterThan(64);
      expect(ends).toEqual(ends.toSorted());
    }
    database.close();
  });

  it.each(['now', 'asOf'] as const)(
    'searches by key and by index, never through all rows: %s',
    async (which) => {
      const store = new MemoryEventStore();
      const [, middle] = await story(store, 20);
      const models = await bench.open(store);
      const view = which === 'now' ? models.now() : models.asOf(middle);
      // A plan is made with the indexes that the connection has heard of: by its first query.
      dump(view);
      // What little of a history came behind the cursor is looked through, and sorted.
      const rest =
        /SEARCH main\.\w+_history USING INTEGER PRIMARY KEY \(rowid>\?\)(\nUSE TEMP B-TREE FOR ORDER BY)?/g;
      const plan = (sql: string) =>
        view
          .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, 'x')
          .map(({ detail }) => detail)
          .filter((detail) => !/SCALAR SUBQUERY|temp\._as_of/.test(detail))
          .join('\n')
          .replaceAll(rest, '');
      for (const sql of [
        'SELECT * FROM items WHERE id = ?',
        'SELECT * FROM items WHERE shelf = ? ORDER BY name LIMIT 10',
        'SELECT count(*) FROM items WHERE shelf = ?',
        'SELECT * FROM items WHERE revision = ? ORDER BY id LIMIT 10',
        'SELECT * FROM tags WHERE id = ?',
        'SELECT * FROM tags JOIN items USING (id) WHERE tags.id = ?',
        'SELECT * FROM items WHERE id > ? ORDER BY id LIMIT 10',
        'SELECT * FROM items_versions WHERE id = ? ORDER BY valid_from DESC LIMIT 1',
        'SELECT items_versions.* FROM json_each(?) JOIN items_versions ON items_versions.id = json_each.value',
      ]) {
        expect(plan(sql)).toMatch(/SEARCH main\.(items__|tags__)/);
        expect(plan(sql)).not.toMatch(/SCAN main\.|AUTOMATIC|TEMP B-TREE/);
      }
    },
  );

  it('shows queries the declared columns only, now and then', async () => {
    const store = new MemoryEventStore();
    const cursor = await happen(store, 'store-1', ['ItemAdded', { id: 'a', name: 'first', shelf: 's' }]);
    const models = await bench.open(store);
    const columns = ['id', 'name', 'shelf', 'revision'];
    expect(Object.keys(models.now().get<object>('SELECT * FROM items')!)).toEqual(columns);
    expect(Object.keys(models.asOf(cursor).get<object>('SELECT * FROM items')!)).toEqual(columns);
  });

  it('lets no query write', async () => {
    const models = await bench.open(new MemoryEventStore());
    expect(() => models.now().all('DELETE FROM items__1')).toThrow(/not authorized/);
    expect(() => models.now().get('UPDATE _now SET cursor = 1')).toThrow(/not authorized/);
    expect(() => models.asOf(undefined).all('DELETE FROM items__1')).toThrow(/readonly/);
  });

  it('lets no reader of now or the past keep the write-ahead log from being tidied up', async () => {
    const store = new MemoryEventStore();
    const models = await bench.open(store);
    const [first] = await story(store, 20);
    await models.passed(first!, 5000);
    dump(models.now());
    dump(models.asOf(first));
    await models.passed((await story(store, 20)).at(-1)!, 5000);
    const other = new DatabaseSync(bench.path);
    expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toEqual({
      busy: 0,
      log: 0,
      checkpointed: 0,
    });
    other.close();
    expect(dump(models.asOf(first))).not.toEqual(dump(models.now()));
  });

  it('finds the last cursor recorded at or before a time, though the clock went back', async () => {
    const times = [1000, 1000, 2000, 1500, 1700, 2000, 3000];
    const clock = { now: () => new Date(times.shift()!) };
    const store = new MemoryEventStore(new MemoryLog(clock));
    const cursors = await story(store, 3, 1);
    const models = await bench.open(store);
    for (let step = 0; step < 4; step += 1)
      cursors.push(await happen(store, 'store-1', ['ItemFlashed', { id: 'x' }]));
    await models.passed(cursors.at(-1)!, 5000);
    const at = (ms: number) => models.cursorAt(new Date(ms));
    expect([999, 1000, 1999, 2000, 2999, 3000, 9000].map(at)).toEqual([
      undefined,
      cursors[1],
      cursors[1],
      cursors[5],
      cursors[5],
      cursors[6],
      cursors[6],
    ]);
    expect(at(2000)! > at(1999)!).toBe(true);
  });
});

describe('waiting for a cursor', () => {
  it('ends for everybody whose cursor was passed, in thousands', async () => {
    const store = new WatchedStore();
    const models = await bench.open(store);
    const { promise, resolve } = gate();
    store.before = () => promise;
    const cursors = await story(store, 2000);
    const passed: Cursor[] = [];
    const waits = cursors
      .toReversed()
      .map((cursor) => models.passed(cursor, 20_000).then(() => passed.push(cursor)));
    expect(passed).toEqual([]);
    resolve();
    await Promise.all(waits);
    expect(new Set(passed).size).toBe(2000);
  });

  it('ends at the deadline, and does not hold up those who wait longer', async () => {
    const store = new WatchedStore();
    const models = await bench.open(store);
    const { promise, resolve } = gate();
    store.before = () => promise;
    const cursor = await happen(store, 'store-1', ['ItemFlashed', { id: 'x' }]);
    const patient = models.passed(cursor, 10_000);
    await expect(models.passed(cursor, 20)).rejects.toEqual(failsWith('unavailable', /within 20 ms/));
    resolve();
    await patient;
  });

  it('is refused for a cursor of another log and for one that nobody was given', async () => {
    const models = await bench.open(new MemoryEventStore());
    const elsewhere = await happen(new MemoryEventStore(), 'store-1', ['ItemFlashed', { id: 'x' }]);
    for (const cursor of [elsewhere, 'nonsense' as Cursor, '' as Cursor])
      await expect(models.passed(cursor, 10_000)).rejects.toEqual(
        failsWith('validation-failed', /not one of this log/),
      );
    const forged = `${models.cursor()!.slice(0, -4)}ffff` as Cursor;
    await expect(models.passed(forged, 100)).rejects.toEqual(
      failsWith('validation-failed', /beyond the end/),
    );
    expect(thrownBy(() => models.asOf(forged))).toEqual(failsWith('unavailable'));
    expect(thrownBy(() => models.asOf(elsewhere))).toEqual(failsWith('validation-failed'));
  });

  it('ends when the store closes', async () => {
    const store = new WatchedStore();
    const models = await bench.open(store);
    const { promise, resolve } = gate();
    store.before = () => promise;
    const cursor = await happen(store, 'store-1', ['ItemFlashed', { id: 'x' }]);
    const wait = models.passed(cursor, 10_000);
    const closing = models.close();
    await expect(wait).rejects.toEqual(failsWith('unavailable', /closed/));
    resolve();
    await closing;
    expect(thrownBy(() => models.now())).toEqual(failsWith('unavailable'));
    expect(models.health()).toEqual({ ok: false, detail: 'closed' });
  });
});
