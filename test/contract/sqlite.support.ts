import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { WriterThread } from '#libs/platform/src/event-store/sqlite-writer.js';
import type { StoreUnderTest } from './event-store.support.js';

/** A new directory and what removes it. */
export const aDirectory = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'craton-log-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

/** True while somebody keeps the write-ahead log from being truncated. */
const isPinned = (database: DatabaseSync): boolean =>
  (database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy !== 0;

export const sqliteUnderTest = async (): Promise<StoreUnderTest> => {
  const directory = await aDirectory();
  const path = join(directory.path, 'events.db');
  const threads: WriterThread[] = [];
  const open = async () =>
    new SqliteEventStore(path, {
      writer: (file) => {
        const thread = new WriterThread(file);
        threads.push(thread);
        return thread;
      },
    });
  const other = new SqliteEventStore(join(directory.path, 'other.db'));
  const foreign = await other.head();
  await other.close();
  return {
    open,
    interrupt: async () => {
      await Promise.all(threads.splice(0).map(({ worker }) => worker.terminate()));
    },
    stall: async () => {
      const blocker = new DatabaseSync(path);
      blocker.exec('BEGIN IMMEDIATE');
      return async () => {
        blocker.exec('ROLLBACK');
        blocker.close();
      };
    },
    foreignCursor: () => foreign,
    openReads: () => {
      const database = new DatabaseSync(path);
      try {
        return isPinned(database) ? 1 : 0;
      } finally {
        database.close();
      }
    },
    end: directory.remove,
  };
};
