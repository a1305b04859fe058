import { join } from 'node:path';
import type { Cursor, Event } from '#libs/kernel/src/event.js';
import { type Projection, put, type Row } from '#libs/kernel/src/projection.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import type { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { happen } from '#test/support/event-log.js';
import { Bench, dumpOfFile, story } from '#test/support/read-store.js';

interface Thing {
  readonly table: 'left' | 'right';
  readonly id: string;
  readonly values: { readonly a?: string; readonly b?: string };
}
type Written = Event<'Written', { things: Thing[] }>;

const columns = { id: 'TEXT NOT NULL', a: 'TEXT', b: 'TEXT' } as const;
const things: Projection<Written> = {
  name: 'things',
  version: 1,
  tables: [
    { name: 'left', columns, key: ['id'] },
    { name: 'right', columns, key: ['id'] },
  ],
  on: { Written: ({ data }) => data.things.map(({ table, id, values }) => put(table, { id }, values)) },
};

describe('what one event puts into a read store', () => {
  const bench = new Bench();
  const store = new MemoryEventStore();
  let models: ReadStore;
  beforeAll(async () => {
    models = await bench.open(store, { projections: [things] });
  });
  afterAll(() => bench.end());

  it('is there row by row in its order, however many rows of whatever members and tables it has', async () => {
    let random = 7;
    const below = (most: number): number => (random = (random * 48271) % 2147483647) % most;
    const shapes = (text: string): readonly Thing['values'][] => [
      { a: text },
      { a: text },
      { a: text, b: text },
      {},
    ];
    const expected = { left: new Map<string, Row>(), right: new Map<string, Row>() };
    const moments: [Cursor, string][] = [];
    const shown = (tables: Record<Thing['table'], Row[]>) => JSON.stringify(tables);
    for (let event = 0; event < 60; event += 1) {
      const written = Array.from({ length: below(45) }, (_, index): Thing => {
        const table = below(20) === 0 ? 'left' : 'right';
        return { table, id: `id-${below(40)}`, values: shapes(`${event}.${index}`)[below(40) % 4]! };
      });
      for (const { table, id, values } of written)
        expected[table].set(id, { id, a: values.a ?? null, b: values.b ?? null });
      const rows = (table: Thing['table']) =>
        [...expected[table].values()].toSorted((one, other) => (one['id']! < other['id']! ? -1 : 1));
      const cursor = await happen(store, 'store-1', ['Written', { things: written as never }]);
      moments.push([cursor, shown({ left: rows('left'), right: rows('right') })]);
    }
    await models.passed(moments.at(-1)![0], 5000);
    const path = join(bench.dir, 'at-once.db');
    await (await bench.open(store, { projections: [things], path })).close();
    expect(dumpOfFile(path)).toBe(dumpOfFile(bench.path));
    for (const [cursor, then] of moments) {
      const view = models.asOf(cursor);
      const all = (table: string) => view.all<Row>(`SELECT id, a, b FROM "${table}" ORDER BY id`);
      expect(shown({ left: all('left'), right: all('right') })).toBe(then);
    }
  });
});

describe('what many events put into a read store at once', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.end());

  it.each([1, 2, 3])('is the same, byte for byte, as when they come one by one: %i', async (seed) => {
    const store = new MemoryEventStore();
    const models = await bench.open(store);
    for (let step = 0; step < 60; step += 1) {
      const [cursor] = await story(store, 1, seed * 1000 + step * 7);
      await models.passed(cursor!, 5000);
    }
    const path = join(bench.dir, 'at-once.db');
    await (await bench.open(store, { path })).close();
    await models.close();
    expect(dumpOfFile(path)).toBe(dumpOfFile(bench.path));
    expect(dumpOfFile(path)).toContain('["items_history",[{');
  });
});
