// Node runs this file as it is, as a worker from the sources and from dist: only `node:` imports and erasable syntax.
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** Strings and numbers only: nothing else crosses threads as cheaply. */
export type Flat = (string | number | null)[];

/** How the first number of a batch's append says what it expects, beside a revision. */
export const expects = { noStream: -1, streamExists: -2, any: -3 } as const;

/** First of the three values that answer an append; the others are named behind it. */
export const outcome = {
  appended: 0 /* revision, position */,
  conflict: 1 /* actual, - */,
  failed: 2,
  unknown: 3,
  repeated: 4 /* as appended */,
} as const;

/** Values before the events of an append in a batch, and of each event. */
const headWidth = 4;
const eventWidth = 4;

/** What goes wrong with the machine and not with one append: the others in the batch need not be tried. */
const environmental = new Set([
  5 /* busy */, 8 /* read-only */, 10 /* input/output */, 11 /* corrupt */, 14 /* cannot open */, 26,
]);
const ioError = 10;

const codeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class CommitFailed extends Error {}

/** An open connection with its statements. */
class Connection {
  readonly database: DatabaseSync;
  readonly streamOf: StatementSync;
  readonly idsFrom: StatementSync;
  readonly lastPosition: StatementSync;
  readonly addStream: StatementSync;
  readonly moveStream: StatementSync;
  readonly addEvent: StatementSync;

  constructor(path: string) {
    // A log that has vanished must not be replaced by an empty file.
    const file = pathToFileURL(path);
    file.searchParams.set('mode', 'rw');
    this.database = new DatabaseSync(file, { timeout: 5000 });
    this.database.exec(
      `PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -65536;
       PRAGMA journal_size_limit = 67108864`,
    );
    this.streamOf = this.prepare('SELECT sid, rev FROM streams WHERE name = ?');
    this.idsFrom = this.prepare('SELECT id, pos FROM events WHERE sid = ? AND rev >= ? ORDER BY rev LIMIT ?');
    this.lastPosition = this.prepare('SELECT max(pos) FROM events');
    this.addStream = this.prepare('INSERT INTO streams (name, category, rev) VALUES (?, ?, ?) RETURNING sid');
    this.moveStream = this.prepare('UPDATE streams SET rev = ? WHERE sid = ?');
    this.addEvent = this.prepare(
      'INSERT INTO events (pos, sid, rev, ts, id, type, data, meta) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  private prepare(sql: string): StatementSync {
    const statement = this.database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }
}

/**
 * The one place that writes to the log. A batch is `[now, ...appends]`, an append `[stream, category, expected, count, ...events]`, an
 * event `[id, type, data, metadata]`; an append of no events asks whether writing works. All appends of a batch share one
 * durable commit; conflicts are decided by reading, so that they do not disturb the others.
 */
export class LogWriter {
  private readonly path: string;
  private connection: Connection | undefined;
  private inode: number | undefined;
  private position = 0;
  /** The last batch could not be written: prove the next time that it can. */
  private unwell = false;

  constructor(path: string) {
    this.path = path;
  }

  /** For tests of limits that belong to a connection. */
  get database(): DatabaseSync {
    return this.open().database;
  }

  /** Answers three values an append; never throws. */
  write(batch: Flat): Flat {
    const appends = this.offsets(batch);
    try {
      return this.commit(batch, appends);
    } catch (error) {
      if (appends.length === 1 || environmental.has(codeOf(error)))
        return appends.flatMap(() => this.refusal(error));
      return appends.flatMap((append) => this.alone(batch, append));
    }
  }

  close(): void {
    this.connection?.database.close();
    this.connection = undefined;
  }

  private alone(batch: Flat, append: number): Flat {
    try {
      return this.commit(batch, [append]);
    } catch (error) {
      return this.refusal(error);
    }
  }

  private refusal(error: unknown): Flat {
    const unknown = error instanceof CommitFailed;
    return [unknown ? outcome.unknown : outcome.failed, messageOf(error), 0];
  }

  private offsets(batch: Flat): number[] {
    const offsets: number[] = [];
    for (let at = 1; at < batch.length; at += headWidth + (batch[at + 3] as number) * eventWidth)
      offsets.push(at);
    return offsets;
  }

  private open(): Connection {
    const inode = statSync(this.path, { throwIfNoEntry: false })?.ino;
    this.inode ??= inode;
    // What is written to a file that nobody will find again is lost.
    if (inode === undefined || inode !== this.inode)
      throw new Error('the file was removed or replaced while it was open');
    return (this.connection ??= new Connection(this.path));
  }

  private commit(batch: Flat, appends: readonly number[]): Flat {
    const connection = this.open();
    const { database } = connection;
    try {
      database.exec('BEGIN IMMEDIATE');
      this.position = ((connection.lastPosition.get() as unknown as [number | null])[0] ?? 0) as number;
      if (this.unwell)
        database.exec(`REPLACE INTO meta (key, value) VALUES ('recovered', '${new Date().toISOString()}')`);
      const answers = appends.flatMap((append) => this.append(connection, batch, append));
      this.finish(database);
      this.unwell = false;
      return answers;
    } catch (error) {
      this.abandon(database, error);
      throw error;
    }
  }

  private finish(database: DatabaseSync): void {
    try {
      database.exec('COMMIT');
    } catch (error) {
      // What could not be synced may still be found after a crash; what found no room cannot.
      if (codeOf(error) === ioError)
        throw Object.assign(new CommitFailed(messageOf(error)), { errcode: ioError });
      throw error;
    }
  }

  private abandon(database: DatabaseSync, error: unknown): void {
    this.unwell = true;
    try {
      if (database.isTransaction) database.exec('ROLLBACK');
      if (environmental.has(codeOf(error)) && codeOf(error) !== 5) this.close();
    } catch {
      // A connection that cannot even roll back is given up; the file decides what is in the log.
      this.connection = undefined;
    }
  }

  private append(connection: Connection, batch: Flat, at: number): Flat {
    const [stream, category, expected, count] = batch.slice(at, at + headWidth) as [
      string,
      string,
      number,
      number,
    ];
    if (count === 0) return [outcome.appended, 0, this.position];
    const [sid, actual] = (connection.streamOf.get(stream) as unknown as [number, number] | undefined) ?? [
      0, -1,
    ];
    const free =
      expected === expects.any || (expected === expects.streamExists && actual >= 0) || expected === actual;
    if (!free) return this.repetition(connection, batch, at, [sid, actual]);
    const to = this.target(connection, [stream, category], [sid, actual + count]);
    for (let index = 0; index < count; index += 1) {
      const event = at + headWidth + index * eventWidth;
      this.position += 1;
      connection.addEvent.run(
        this.position,
        to,
        actual + 1 + index,
        batch[0] as number,
        batch[event] as string,
        batch[event + 1] as string,
        batch[event + 2] as string,
        batch[event + 3] as string | null,
      );
    }
    return [outcome.appended, actual + count, this.position];
  }

  /** The stream's row, brought to its new revision. */
  private target(
    connection: Connection,
    [name, category]: [string, string],
    [sid, revision]: [number, number],
  ): number {
    if (sid === 0) return (connection.addStream.get(name, category, revision) as unknown as [number])[0];
    connection.moveStream.run(revision, sid);
    return sid;
  }

  /** The answer of the same append made before, or else a conflict. */
  private repetition(connection: Connection, batch: Flat, at: number, [sid, actual]: [number, number]): Flat {
    const [expected, count] = batch.slice(at + 2, at + headWidth) as [number, number];
    if (expected < expects.noStream || expected > actual) return [outcome.conflict, actual, 0];
    const found = connection.idsFrom.all(sid, expected + 1, count) as unknown as [string, number][];
    const same =
      found.length === count &&
      found.every(([id], index) => id === batch[at + headWidth + index * eventWidth]);
    return same
      ? [outcome.repeated, expected + count, (found[count - 1] as [string, number])[1]]
      : [outcome.conflict, actual, 0];
  }
}

if (parentPort && (workerData as { log?: string } | null)?.log !== undefined) {
  const port = parentPort;
  const writer = new LogWriter((workerData as { log: string }).log);
  port.on('message', (batch: Flat | 'close') => {
    if (batch !== 'close') return port.postMessage(writer.write(batch));
    writer.close();
    port.close();
  });
}
