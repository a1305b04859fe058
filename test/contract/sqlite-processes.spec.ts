import { join } from 'node:path';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { all, anEvent, aStream, follow, idsOf } from './event-store.support.js';
import { aDirectory, Child, isWhole } from './sqlite.support.js';

describe('several processes on one SQLite log', () => {
  let directory: Awaited<ReturnType<typeof aDirectory>>;
  let path: string;
  const children: Child[] = [];
  const start = (thing: string, ...rest: string[]) => {
    const child = new Child(thing, path, ...rest);
    children.push(child);
    return child;
  };

  beforeEach(async () => {
    directory = await aDirectory();
    path = join(directory.path, 'events.db');
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await directory.remove();
  });

  it('may make it at the same moment, and it is one log', async () => {
    const openers = Array.from({ length: 4 }, () => start('open'));
    await Promise.all(openers.map((child) => child.said(/^ready$/)));
    for (const child of openers) child.goOn();
    const names = await Promise.all(openers.map((child) => child.said(/^log /)));
    expect(new Set(names).size).toBe(1);
    expect(await Promise.all(openers.map((child) => child.ended()))).toEqual([0, 0, 0, 0]);
    expect(isWhole(path)).toBe(true);
  }, 60_000);

  it('end by themselves once they have closed it', async () => {
    const child = start('open');
    await child.begin();
    expect(await child.ended()).toBe(0);
  }, 30_000);

  it('read while one of them writes, and miss nothing', async () => {
    const store = new SqliteEventStore(path);
    const follower = follow(store, { maxBatch: 50 });
    const child = start('race', '100');
    await child.begin();
    await follower.until('the subscription has seen all of it', () => follower.seen.length >= 800);
    await child.said(/^raced$/);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(await all(store.readAll())));
    expect(follower.seen).toHaveLength(800);
    await store.close();
  }, 60_000);

  it('write at the same time, each at its own revisions and in one order', async () => {
    const store = new SqliteEventStore(path);
    const follower = follow(store);
    const writers = [start('race', '40'), start('race', '40')];
    await Promise.all(writers.map((child) => child.said(/^ready$/)));
    for (const child of writers) child.goOn();
    const stream = aStream();
    for (let revision = -1; revision < 39; revision += 1)
      await store.append(stream, revision < 0 ? 'no_stream' : revision, [anEvent()]);
    expect(await Promise.all(writers.map((child) => child.ended()))).toEqual([0, 0]);
    await follower.until('the subscription has seen all of it', () => follower.seen.length >= 680);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(await all(store.readAll())));
    expect(await all(store.readStream(stream))).toHaveLength(40);
    await store.close();
    expect(isWhole(path)).toBe(true);
  }, 60_000);
});
