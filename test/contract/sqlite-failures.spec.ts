import { execFile } from 'node:child_process';
import { copyFile, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Appended } from '#libs/platform/src/event-store/event-store.js';
import {
  AppendOutcomeUnknown,
  CursorMismatch,
  StoreUnavailable,
} from '#libs/platform/src/event-store/event-store.errors.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { type Writer, WriterThread } from '#libs/platform/src/event-store/sqlite-writer.js';
import { LogWriter } from '#libs/platform/src/event-store/sqlite-log-writer.js';
import {
  all,
  anEvent,
  aStream,
  eventually,
  follow,
  idsOf,
  persistently,
  someEvents,
} from './event-store.support.js';
import { aDirectory, Child, isWhole } from './sqlite.support.js';

const run = promisify(execFile);

/** The thread's writer without the thread, where a test can reach its connection. */
const inProcess = (log: LogWriter): Writer => ({
  alive: true,
  write: async (batch) => log.write(batch),
  close: async () => {
    log.close();
  },
});

describe('the SQLite log', () => {
  let directory: Awaited<ReturnType<typeof aDirectory>>;
  let path: string;

  beforeEach(async () => {
    directory = await aDirectory();
    path = join(directory.path, 'events.db');
  });

  afterEach(() => directory.remove());

  it('that is full refuses appends, keeps what it has, and goes on when there is room again', async () => {
    const writer = new LogWriter(path);
    const store = new SqliteEventStore(path, { writer: () => inProcess(writer) });
    const follower = follow(store);
    const kept = someEvents(5);
    await store.append(aStream(), 'no_stream', kept);
    writer.database.exec('PRAGMA max_page_count = 20');
    const stream = aStream();
    const large = someEvents(3, () => ({ text: 'x'.repeat(100_000) }));
    const refused = store.append(stream, 'no_stream', large);
    await expect(refused).rejects.toThrow(StoreUnavailable);
    await expect(refused).rejects.toThrow(/cannot be written: .*full/);
    await expect(refused).rejects.toThrow(path);
    expect(idsOf(await all(store.readAll()))).toEqual(idsOf(kept));
    writer.database.exec('PRAGMA max_page_count = 2000');
    expect((await store.append(stream, 'no_stream', large)).revision).toBe(2);
    expect((await store.health()).ok).toBe(true);
    await follower.until('the subscription has gone on', () => follower.seen.length >= 8);
    expect(idsOf(follower.seen)).toEqual(idsOf([...kept, ...large]));
    await store.close();
    expect(isWhole(path)).toBe(true);
  });

  it('that is full for one append still takes the others of the same commit', async () => {
    const writer = new LogWriter(path);
    const store = new SqliteEventStore(path, { writer: () => inProcess(writer) });
    await store.append(aStream(), 'no_stream', [anEvent()]);
    writer.database.exec('PRAGMA max_page_count = 20');
    const outcomes = await Promise.allSettled([
      store.append(aStream(), 'no_stream', [anEvent()]),
      store.append(
        aStream(),
        'no_stream',
        someEvents(3, () => ({ text: 'x'.repeat(100_000) })),
      ),
      store.append(aStream(), 'no_stream', [anEvent()]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await all(store.readAll())).toHaveLength(3);
    await store.close();
    expect(isWhole(path)).toBe(true);
  });

  it('whose disk fails refuses appends, loses nothing, and goes on without a restart', async () => {
    const child = new Child('report', path, '50000');
    const limit = (bytes: number | 'unlimited') =>
      run('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`]);
    try {
      await child.begin();
      await child.said(/^appended/);
      await limit((await stat(`${path}-wal`)).size + 20_000);
      child.goOn();
      const failure = await child.said(/^(AppendOutcomeUnknown|StoreUnavailable)/);
      expect(failure).toContain(path);
      expect(failure).toMatch(/disk I\/O error|full/);
      await limit('unlimited');
      for (let times = 2; times <= 6; times += 1) {
        child.goOn();
        await child.said(/^appended/, times);
      }
    } finally {
      await child.kill();
    }
    const store = new SqliteEventStore(path);
    const streams = (await all(store.readAll())).map(({ stream }) => stream);
    const acknowledged = child.lines
      .filter((line) => line.startsWith('appended'))
      .map((line) => line.split(' ')[1]);
    expect(streams).toEqual(expect.arrayContaining(acknowledged));
    await store.close();
    expect(isWhole(path)).toBe(true);
  }, 30_000);

  it('that another process keeps locked says so, and takes the append when it is free again', async () => {
    const store = new SqliteEventStore(path);
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');
    const events = someEvents(1);
    const stream = aStream();
    const blocked = store.append(stream, 'no_stream', events);
    await expect(blocked).rejects.toThrow(StoreUnavailable);
    await expect(blocked).rejects.toThrow(/locked/);
    expect((await store.health()).ok).toBe(false);
    blocker.close();
    expect((await persistently(store, stream, 'no_stream', events)).revision).toBe(0);
    await eventually('the log is well', async () => (await store.health()).ok);
    await store.close();
  }, 30_000);

  it('that loses its writer in the middle of a commit does not know its outcome, and starts another one', async () => {
    const threads: WriterThread[] = [];
    const store = new SqliteEventStore(path, {
      writer: (file) => {
        threads.push(new WriterThread(file));
        return threads.at(-1) as WriterThread;
      },
    });
    const stream = aStream();
    const events = someEvents(3);
    await store.append(aStream(), 'no_stream', [anEvent()]);
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');
    const lost = store.append(stream, 'no_stream', events, { timeoutMs: 60_000 });
    const outcome = Promise.allSettled([lost]);
    // One turn of the event loop later the batch is on its way to the thread.
    await new Promise((resolve) => setImmediate(resolve));
    await threads[0]?.worker.terminate();
    expect(await outcome).toEqual([{ status: 'rejected', reason: expect.any(AppendOutcomeUnknown) }]);
    blocker.close();
    expect((await store.append(stream, 'no_stream', events)).revision).toBe(2);
    expect(threads).toHaveLength(2);
    await store.close();
    expect(isWhole(path)).toBe(true);
  }, 30_000);

  it('takes no more than memory can hold while the disk does not answer', async () => {
    const store = new SqliteEventStore(path);
    const blocker = new DatabaseSync(path);
    blocker.exec('BEGIN IMMEDIATE');
    const text = 'x'.repeat(900_000);
    const appends: Promise<Appended>[] = [];
    for (let index = 0; index < 100; index += 1)
      appends.push(
        store.append(aStream(), 'no_stream', [anEvent({ data: { text } })], { timeoutMs: 30_000 }),
      );
    const outcomes = Promise.allSettled(appends);
    await expect(appends.at(-1)).rejects.toThrow(/more is waiting/);
    blocker.close();
    const taken = (await outcomes).filter(({ status }) => status === 'fulfilled').length;
    expect(taken).toBeGreaterThan(50);
    expect(await all(store.readAll({ filter: { types: ['SomethingTested'] } }))).toHaveLength(taken);
    await store.close();
  }, 60_000);

  it('is not kept from truncating its write-ahead log by a reader that pauses', async () => {
    const store = new SqliteEventStore(path);
    for (let index = 0; index < 5; index += 1)
      await store.append(
        aStream(),
        'no_stream',
        someEvents(1, () => ({ text: 'x'.repeat(900_000) })),
      );
    const reader = store.readAll()[Symbol.asyncIterator]();
    await reader.next();
    const other = new DatabaseSync(path);
    expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
    other.close();
    await reader.return?.(undefined);
    await store.close();
  });

  it('that was closed is one file', async () => {
    const store = new SqliteEventStore(path);
    await store.append(aStream(), 'no_stream', someEvents(10));
    await store.close();
    expect(await readdir(directory.path)).toEqual(['events.db']);
  });

  it('that was put back to an older state refuses the cursors of what it no longer has', async () => {
    const store = new SqliteEventStore(path);
    const early = await store.append(aStream(), 'no_stream', someEvents(3));
    await store.close();
    await copyFile(path, `${path}.backup`);
    const again = new SqliteEventStore(path);
    const late = await again.append(aStream(), 'no_stream', someEvents(3));
    await again.close();
    await copyFile(`${path}.backup`, path);
    const restored = new SqliteEventStore(path);
    expect(await all(restored.readAll({ after: early.cursor }))).toEqual([]);
    await expect(all(restored.readAll({ after: late.cursor }))).rejects.toThrow(CursorMismatch);
    await expect(follow(restored, { after: late.cursor }).done).rejects.toThrow(/beyond the end/);
    await restored.close();
  });

  it('whose file was removed or replaced acknowledges nothing more', async () => {
    const store = new SqliteEventStore(path);
    expect((await store.health()).ok).toBe(true);
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
    expect(await store.health()).toEqual({ ok: false, detail: expect.stringMatching(/removed or replaced/) });
    await rm(path);
    const refused = store.append(aStream(), 'no_stream', [anEvent()]);
    await expect(refused).rejects.toThrow(StoreUnavailable);
    await expect(refused).rejects.toThrow(/removed or replaced/);
    await store.close();
  });

  it('whose file was cut off acknowledges nothing more', async () => {
    const store = new SqliteEventStore(path);
    await store.append(aStream(), 'no_stream', someEvents(3));
    await truncate(path, 4096);
    const refused = store.append(aStream(), 'no_stream', [anEvent()]);
    await expect(refused).rejects.toThrow(StoreUnavailable);
    await expect(refused).rejects.toThrow(/cut off while it was open/);
    await store.close();
  });
});
