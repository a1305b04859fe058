import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreDamaged, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type { ReadStreamOptions, SubscribeOptions } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import type { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { happen } from '#test/support/event-log.js';
import { Bench, dump, failsWith, namesIn, story, thrownBy, until } from '#test/support/read-store.js';

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

describe('another log', () => {
  it('replaces what was built of the one before', async () => {
    await story(store, 50);
    await (await bench.open(store)).close();
    store = new MemoryEventStore();
    const cursor = await added('of the new log');
    const models = await bench.open(store);
    expect(namesIn(models.now())).toEqual(['of the new log']);
    expect(models.cursor()).toBe(cursor);
    expect(bench.lines).toEqual([expect.stringMatching(/was built from another log/)]);
  });

  it('is noticed when it is an older state of the same one that went on differently', async () => {
    class Restored extends MemoryEventStore {
      differently = false;
      override async *readStream(stream: string, options?: ReadStreamOptions) {
        for await (const event of super.readStream(stream, options))
          yield this.differently ? { ...event, id: '00000000-0000-7000-8000-000000000000' } : event;
      }
    }
    const restored = new Restored();
    store = restored;
    await story(store, 50);
    await (await bench.open(store)).close();
    restored.differently = true;
    expect(dump((await bench.open(store)).now())).toEqual(await truth());
    expect(bench.lines[0]).toMatch(/was built from another log/);
  });

  it('is not suspected when both were empty', async () => {
    await (await bench.open(store)).close();
    store = new MemoryEventStore();
    const models = await bench.open(store);
    await models.passed(await added('first'), 5000);
    expect(namesIn(models.now())).toEqual(['first']);
    expect(bench.lines).toEqual([]);
  });
});

describe('a log that is away', () => {
  class AwayStore extends MemoryEventStore {
    away = false;
    override async *readStream(stream: string, options?: ReadStreamOptions) {
      if (this.away) throw new StoreUnavailable('nobody answers');
      yield* super.readStream(stream, options);
    }
    override subscribe(options: SubscribeOptions) {
      if (this.away) throw new StoreUnavailable('nobody answers');
      return super.subscribe(options);
    }
  }

  const waitsFor = async (models: ReadStore, away: AwayStore) => {
    const starting = models.start();
    await until(() => models.health().detail.includes('nobody answers'));
    expect(models.health().ok).toBe(false);
    expect(thrownBy(() => models.now())).toEqual(failsWith('unavailable'));
    away.away = false;
    await starting;
    expect(models.health()).toEqual({ ok: true, detail: 'up to date' });
  };

  it.each([0, 50])('is waited for at start, with %i events read before', async (length) => {
    const away = new AwayStore();
    store = away;
    await story(store, length);
    await (await bench.open(store)).close();
    const cursor = await added('meanwhile');
    away.away = true;
    const models = bench.make(store);
    await waitsFor(models, away);
    expect(models.cursor()).toBe(cursor);
    expect(namesIn(models.now())).toContain('meanwhile');
  });

  it('does not keep a read store from closing', async () => {
    const away = new AwayStore();
    away.away = true;
    const models = bench.make(away);
    const starting = models.start();
    await until(() => models.health().detail.includes('nobody answers'));
    await models.close();
    await expect(starting).rejects.toEqual(failsWith('unavailable', /closed/));
  });
});

describe('a log that is damaged', () => {
  const damage = (path: string): void => {
    // The first page stays as it is, the last one too: they are looked at when the log is opened.
    const file = openSync(path, 'r+');
    const { size } = fstatSync(file);
    const garbage = Buffer.alloc(4096, 0xa5);
    for (let at = 4096; at < size - 4096; at += 4096) writeSync(file, garbage, 0, 4096, at);
    closeSync(file);
  };

  it.each(['before', 'since'])('ends the start with what is to be done, read %s it was', async (read) => {
    const path = join(bench.dir, 'events.db');
    const log = new SqliteEventStore(path);
    await story(log, 2000);
    if (read === 'before') await (await bench.open(log)).close();
    await log.close();
    const again = new SqliteEventStore(path);
    damage(path);
    const models = bench.make(again);
    const starting = models.start();
    await expect(starting).rejects.toThrow(StoreDamaged);
    await expect(starting).rejects.toThrow(/events\.db is damaged, put a copy back/);
    expect(models.health().ok).toBe(false);
    await models.close();
    await again.close();
  });
});
