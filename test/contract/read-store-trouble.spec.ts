import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type AnyProjection, put } from '#libs/kernel/src/projection.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { happen } from '#test/support/event-log.js';
import {
  Bench,
  dump,
  failsWith,
  items,
  namesIn,
  story,
  tags,
  thrownBy,
  until,
} from '#test/support/read-store.js';

let bench: Bench;
let store: MemoryEventStore;
beforeEach(() => {
  bench = new Bench();
  store = new MemoryEventStore();
});
afterEach(() => bench.end());

const added = (name: string) => happen(store, 'store-1', ['ItemAdded', { id: name, name, shelf: 's' }]);

/** What a read store says that has never met any trouble. */
const truth = async () => dump((await bench.open(store, { path: join(bench.dir, 'truth.db') })).now());

describe('a projection that fails', () => {
  it('leaves nothing of its batch behind, says where it failed, and goes on when it can', async () => {
    let broken = true;
    const fragile: AnyProjection = {
      ...tags,
      on: {
        ItemTagged: ({ data }: { data: { id: string } }) => {
          if (broken) throw new Error('cannot');
          return [{ verb: 'put', table: 'tags', key: { id: data.id, tag: 't' }, values: {} }];
        },
      },
    };
    const models = await bench.open(store, { projections: [items, fragile] });
    const before = await added('before');
    await models.passed(before, 5000);
    const cursor = await happen(
      store,
      'store-1',
      ['ItemAdded', { id: 'a', name: 'with it', shelf: 's' }],
      ['ItemTagged', { id: 'a', tag: 't' }],
    );
    await until(() => !models.health().ok);
    expect(models.health().detail).toMatch(/^projection tags failed at ItemTagged [0-9a-f-]{36}: cannot$/);
    expect(models.cursor()).toBe(before);
    expect(namesIn(models.now())).toEqual(['before']);
    await expect(models.passed(cursor, 10)).rejects.toEqual(failsWith('unavailable'));
    broken = false;
    await models.passed(cursor, 10_000);
    expect(models.health()).toEqual({ ok: true, detail: 'up to date' });
    expect(namesIn(models.now())).toEqual(['before', 'with it']);
    expect(bench.lines).toHaveLength(1);
  });

  it.each<[string, object]>([
    [
      'a column that is not there',
      { verb: 'put', table: 'tags', key: { id: 'a', tag: 't' }, values: { colour: 'x' } },
    ],
    ['a table that is not there', { verb: 'put', table: 'items', key: { id: 'a' }, values: {} }],
    ['a part of the key', { verb: 'patch', table: 'tags', key: { id: 'a' }, values: { note: 'x' } }],
    [
      'a key among the values',
      { verb: 'put', table: 'tags', key: { id: 'a', tag: 't' }, values: { tag: 'x' } },
    ],
    [
      'no value where there must be one',
      { verb: 'put', table: 'tags', key: { id: 'a', tag: null }, values: {} },
    ],
    ['what removes by null', { verb: 'remove', table: 'tags', key: { note: null } }],
  ])('is named when it writes %s', async (_, write) => {
    const wrong: AnyProjection = { ...tags, on: { ItemTagged: () => [write as never] } };
    const models = await bench.open(store, { projections: [wrong] });
    await happen(store, 'store-1', ['ItemTagged', { id: 'a', tag: 't' }]);
    await until(() => !models.health().ok);
    expect(models.health().detail).toMatch(/^projection tags failed at ItemTagged/);
  });
});

describe('many events of which one does not fit', () => {
  it('are not written without it, and the one is named', async () => {
    const strict: AnyProjection = {
      ...items,
      on: {
        ItemAdded: ({ data: { id, name } }: { data: { id: string; name: string } }) => [
          put('items', { id }, { name: name === 'wrong' ? null : name, revision: 1 }),
        ],
      },
    };
    const names = ['a', 'b', 'c', 'wrong', 'd', 'e'];
    const facts = names.map((name) => ['ItemAdded', { id: name, name, shelf: 's' }] as const);
    await happen(store, 'store-1', facts[0]!, ...facts.slice(1));
    const ids: string[] = [];
    for await (const { id } of store.readStream('store-1')) ids.push(id);
    const models = bench.make(store, { projections: [strict] });
    void models.start().catch(() => undefined);
    await until(() => models.health().detail.includes('projection'));
    expect(models.health().detail).toContain(`projection items failed at ItemAdded ${ids[3]}: `);
    expect(models.health().detail).toMatch(/NOT NULL constraint failed/);
    expect(models.cursor()).toBeUndefined();
    await models.close();
    const right = await bench.open(store);
    expect(namesIn(right.now())).toEqual(names.toSorted());
  });
});

describe('a disk that is full', () => {
  it('is waited for, and said', async () => {
    const models = await bench.open(store);
    await models.passed(await added('before'), 5000);
    // The real answer of SQLite to a file that cannot grow, without filling a disk.
    const { database } = (models as unknown as { life: { file: { database: DatabaseSync } } }).life.file;
    const pages = (database.prepare('PRAGMA page_count').get() as { page_count: number }).page_count;
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const cursors = await story(store, 500);
    await until(() => !models.health().ok);
    expect(models.health().detail).toMatch(/the disk of the read models is full/);
    expect(namesIn(models.now())).toEqual(['before']);
    database.exec('PRAGMA max_page_count = 1000000');
    await models.passed(cursors.at(-1)!, 10_000);
    expect(models.health().ok).toBe(true);
    expect(dump(models.now())).toEqual(await truth());
  });
});

describe('a file that cannot be used', () => {
  it('is built again when somebody has deleted it', async () => {
    await story(store, 50);
    await (await bench.open(store)).close();
    rmSync(bench.path);
    expect(dump((await bench.open(store)).now())).toEqual(await truth());
  });

  it.each(['some text, and enough of it to be more than a header of a hundred bytes: '.repeat(9), 'short'])(
    'is put aside when it is no database: %#',
    async (text) => {
      await story(store, 50);
      writeFileSync(bench.path, text);
      expect(dump((await bench.open(store)).now())).toEqual(await truth());
      const [aside] = readdirSync(bench.dir).filter((name) => name.includes('.foreign-'));
      expect(readFileSync(join(bench.dir, aside!), 'utf8')).toBe(text);
      expect(bench.lines[0]).toMatch(/cannot be used .* are built again from the log; it is now .*foreign/);
    },
  );

  it('is put aside when it is the database of another program', async () => {
    await story(store, 50);
    const theirs = new DatabaseSync(bench.path);
    theirs.exec(`CREATE TABLE precious (a TEXT); INSERT INTO precious VALUES ('ours')`);
    theirs.close();
    expect(dump((await bench.open(store)).now())).toEqual(await truth());
    const [aside] = readdirSync(bench.dir).filter((name) => name.includes('.foreign-'));
    const kept = new DatabaseSync(join(bench.dir, aside!), { readOnly: true });
    expect(kept.prepare('SELECT a FROM precious').all()).toEqual([{ a: 'ours' }]);
    kept.close();
  });

  it('is put aside when it is damaged', async () => {
    await story(store, 200);
    await (await bench.open(store)).close();
    scribble(bench.path, 2);
    expect(dump((await bench.open(store)).now())).toEqual(await truth());
    expect(existsSync(`${bench.path}.damaged`)).toBe(true);
    expect(bench.lines[0]).toMatch(/cannot be used .*malformed.* built again from the log/);
  });

  it('is built again while it is in use, when a query meets the damage', async () => {
    await story(store, 200);
    await (await bench.open(store)).close();
    scribble(bench.path, rootOf(bench.path, 'items__1'));
    const models = await bench.open(store);
    expect(thrownBy(() => dump(models.now()))).toEqual(failsWith('unavailable', /malformed/));
    expect(models.health()).toEqual({ ok: false, detail: expect.stringMatching(/damaged/) });
    expect(thrownBy(() => models.now())).toEqual(failsWith('unavailable'));
    await until(() => models.health().ok);
    expect(dump(models.now())).toEqual(await truth());
  });

  it('is built again while it is in use, when a write meets the damage', async () => {
    await story(store, 200);
    await (await bench.open(store)).close();
    scribble(bench.path, rootOf(bench.path, 'items__1'));
    const models = await bench.open(store);
    await models.passed(await added('new'), 10_000);
    await until(() => models.health().ok);
    expect(namesIn(models.now())).toContain('new');
    expect(dump(models.now())).toEqual(await truth());
    expect(bench.lines).toEqual([expect.stringMatching(/is damaged .*malformed/)]);
  });

  it('is refused when there can be none', async () => {
    writeFileSync(join(bench.dir, 'file'), '');
    await expect(bench.open(store, { path: join(bench.dir, 'file', 'read-models.db') })).rejects.toThrow(
      /ENOTDIR|EEXIST/,
    );
  });

  it('is refused while another read store uses it', async () => {
    const first = await bench.open(store);
    await expect(bench.open(store)).rejects.toThrow(`another craton process uses ${bench.path}`);
    await first.passed(await added('still'), 5000);
    await first.close();
    expect(namesIn((await bench.open(store)).now())).toEqual(['still']);
  });
});

const pageSize = 4096;

const scribble = (file: string, page: number): void => {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (page - 1) * pageSize);
  closeSync(descriptor);
};

const rootOf = (file: string, table: string): number => {
  const database = new DatabaseSync(file, { readOnly: true });
  const { rootpage } = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as {
    rootpage: number;
  };
  database.close();
  return rootpage;
};
