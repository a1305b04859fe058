import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from './event-store.errors.js';

/** "CRAT": how a log is told from any other SQLite database. */
const applicationId = 0x43524154;
const schemaVersion = 1;

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE streams (
    sid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category TEXT NOT NULL, rev INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE events (
    pos INTEGER PRIMARY KEY, sid INTEGER NOT NULL, rev INTEGER NOT NULL, ts INTEGER NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, meta TEXT
  ) STRICT;
  CREATE UNIQUE INDEX events_stream ON events (sid, rev);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Makes the log when there is none (readable by its owner only), and answers its identity. Throws `StoreUnavailable` that names the
 * path when it cannot be made or is not a whole log of this version.
 */
export const openLogFile = (path: string): string => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    inspect(path);
    const database = new DatabaseSync(path, { timeout: 5000 });
    try {
      return patiently(() => identityOf(database));
    } finally {
      database.close();
    }
  } catch (error) {
    throw new StoreUnavailable(`the event log ${path} cannot be opened: ${reason(error)}`, { cause: error });
  }
};

const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === 5;

const patienceMs = 5000;
const pauseMs = 20;

/** Turning a new file to write-ahead logging does not wait for a lock, whatever the timeout: when several make it at once, ask again. */
const patiently = <T>(work: () => T): T => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
};

/** What SQLite would not say, or not clearly, before it has read every page. */
const inspect = (path: string): void => {
  const file = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(file);
    const header = Buffer.alloc(100);
    const length = readSync(file, header, 0, 100, 0);
    if (size === 0) return;
    if (length < 100 || header.toString('latin1', 0, 15) !== 'SQLite format 3')
      throw new Error('the file is not an event log');
    // As long as there is a write-ahead log, pages may be there instead.
    if (sizeOf(`${path}-wal`) > 0) return;
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const needed = header.readUInt32BE(28) * pageSize;
    if (size < needed) throw new Error(`the file is cut off: it has ${size} of ${needed} bytes`);
  } finally {
    closeSync(file);
  }
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const number = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() as Record<string, number>)[0]);

const identityOf = (database: DatabaseSync): string => {
  // An append to a long stream writes a page of the index for itself: half as large is half as much to sync. Older logs keep theirs.
  database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('BEGIN IMMEDIATE');
  try {
    if (number(database, 'SELECT count(*) FROM sqlite_schema') === 0) create(database);
    verify(database);
    const identity = database.prepare(`SELECT value FROM meta WHERE key = 'store'`).get();
    return (identity as { value: string }).value;
  } finally {
    if (database.isTransaction) database.exec('COMMIT');
  }
};

const create = (database: DatabaseSync): void => {
  database.exec(schema);
  const set = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  set.run('store', randomUUID());
  set.run('schema', String(schemaVersion));
};

const verify = (database: DatabaseSync): void => {
  if (number(database, 'PRAGMA application_id') !== applicationId)
    throw new Error('the file is an SQLite database, but not an event log');
  const version = number(database, 'PRAGMA user_version');
  if (version !== schemaVersion)
    throw new Error(`the log has schema ${version}, this program knows schema ${schemaVersion}`);
  // Reads the newest pages: the ones that a file cut off is missing first.
  const events = number(database, 'SELECT max(pos) FROM events');
  if (events > 0) number(database, `SELECT length(data) FROM events WHERE pos = ${events}`);
};
