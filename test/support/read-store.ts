import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Cursor, Event } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, remove } from '#libs/kernel/src/projection.js';
import type {
  Batch,
  EventStore,
  SubscribeOptions,
  Subscription,
} from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { ReadStore, type ReadStoreOptions, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { happen } from './event-log.js';

export type ItemEvent =
  | Event<'ItemAdded', { id: string; name: string; shelf: string }>
  | Event<'ItemRenamed', { id: string; name: string }>
  | Event<'ItemMovedTwice', { id: string; via: string; to: string }>
  | Event<'ItemReplaced', { id: string; name: string }>
  | Event<'ItemFlashed', { id: string }>
  | Event<'ShelfCleared', { shelf: string }>;

export const items: Projection<ItemEvent> = {
  name: 'items',
  version: 1,
  tables: [
    {
      name: 'items',
      columns: { id: 'TEXT NOT NULL', name: 'TEXT NOT NULL', shelf: 'TEXT', revision: 'INTEGER NOT NULL' },
      key: ['id'],
      indexes: [['shelf', 'name'], ['revision']],
    },
  ],
  on: {
    ItemAdded: ({ data: { id, name, shelf }, revision }) => [put('items', { id }, { name, shelf, revision })],
    ItemRenamed: ({ data: { id, name }, revision }) => [patch('items', { id }, { name, revision })],
    ItemMovedTwice: ({ data: { id, via, to }, revision }) => [
      patch('items', { id }, { shelf: via, revision }),
      patch('items', { id }, { shelf: to }),
    ],
    ItemReplaced: ({ data: { id, name }, revision }) => [
      remove('items', { id }),
      put('items', { id }, { name, revision }),
    ],
    ItemFlashed: ({ data: { id }, revision }) => [
      put('items', { id }, { name: 'flash', revision }),
      remove('items', { id }),
    ],
    ShelfCleared: ({ data: { shelf } }) => [remove('items', { shelf })],
  },
};

export type TagEvent =
  Event<'ItemTagged', { id: string; tag: string }> | Event<'ItemUntagged', { id: string }>;

export const tags: Projection<TagEvent> = {
  name: 'tags',
  version: 1,
  tables: [
    {
      name: 'tags',
      columns: { id: 'TEXT NOT NULL', tag: 'TEXT NOT NULL', note: 'TEXT' },
      key: ['id', 'tag'],
    },
  ],
  on: {
    ItemTagged: ({ data: { id, tag } }) => [put('tags', { id, tag }, {})],
    ItemUntagged: ({ data: { id } }) => [remove('tags', { id })],
  },
};

/** A log whose subscriptions can be held up, counted and made to repeat themselves. */
export class WatchedStore extends MemoryEventStore {
  readonly seen: string[][] = [];
  /** Asked before each batch, with the number of the subscription. */
  before: (subscription: number, batch: Batch) => Promise<void> | void = () => undefined;
  /** Whether every batch comes twice. */
  again = false;

  override subscribe(options: SubscribeOptions): Subscription {
    const number = this.seen.push([]) - 1;
    const onBatch = async (batch: Batch) => {
      await this.before(number, batch);
      this.seen[number]!.push(...batch.events.map(({ id }) => id));
      await options.onBatch(batch);
      if (this.again) await options.onBatch(batch);
    };
    return super.subscribe({ ...options, onBatch });
  }
}

/** A directory of its own with the read stores that were opened in it; `end` closes and removes all. */
export class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'read-store-'));
  readonly path = join(this.dir, 'read-models.db');
  /** What the read stores logged. */
  readonly lines: string[] = [];
  private readonly made: ReadStore[] = [];

  make(store: EventStore, options: Partial<ReadStoreOptions> = {}): ReadStore {
    const log = (line: string) => void this.lines.push(line);
    const models = new ReadStore({ path: this.path, store, projections: [items, tags], log, ...options });
    this.made.push(models);
    return models;
  }

  async open(store: EventStore, options: Partial<ReadStoreOptions> = {}): Promise<ReadStore> {
    const models = this.make(store, options);
    await models.start();
    return models;
  }

  async end(): Promise<void> {
    for (const models of this.made) await models.close();
    rmSync(this.dir, { recursive: true });
  }
}

export const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await setTimeout(2);
  }
};

export const gate = () => Promise.withResolvers<void>();

export const namesIn = (view: ReadView): string[] =>
  view.all<{ name: string }>('SELECT name FROM items ORDER BY name').map(({ name }) => name);

export const dump = (view: ReadView) => [
  view.all('SELECT * FROM items ORDER BY id'),
  view.all('SELECT * FROM tags ORDER BY id, tag'),
];

/** Every row of every table, the history and the times included, whichever build they belong to. */
export const dumpOfFile = (file: string): string => {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_builds'`)
    .all() as { name: string }[];
  const rows = tables.map(({ name }) => [
    name.replace(/__\d+/, ''),
    database.prepare(`SELECT * FROM "${name}"`).all(),
  ]);
  database.close();
  return rows
    .map((row) => JSON.stringify(row))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('\n');
};

export const failsWith = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'DomainError', code, message: expect.stringMatching(message) });

export const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};

/** A life of some items in which every verb happens to fresh, present and absent rows. */
export const story = async (store: EventStore, length: number, seed = 1): Promise<Cursor[]> => {
  let random = seed;
  const next = (below: number) => (random = (random * 48271) % 2147483647) % below;
  const cursors: Cursor[] = [];
  for (let step = 0; step < length; step += 1) {
    const id = `item-${next(8)}`;
    const shelf = `shelf-${next(3)}`;
    const facts = [
      ['ItemAdded', { id, name: `name-${step}`, shelf }],
      ['ItemAdded', { id, name: `name-${step}`, shelf }],
      ['ItemRenamed', { id, name: `renamed-${step}` }],
      ['ItemMovedTwice', { id, via: 'nowhere', to: shelf }],
      ['ItemReplaced', { id, name: `replaced-${step}` }],
      ['ItemFlashed', { id }],
      ['ShelfCleared', { shelf }],
      ['ItemTagged', { id, tag: `tag-${next(3)}` }],
      ['ItemUntagged', { id }],
      ['NobodyKnows', { id }],
    ] as const;
    cursors.push(await happen(store, 'store-1', facts[next(facts.length)]!));
  }
  return cursors;
};
