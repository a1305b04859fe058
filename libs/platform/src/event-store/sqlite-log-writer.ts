// Runs in the worker too: see there about imports.
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import {
  eventWidth,
  expects,
  type Flat,
  headWidth,
  offsets,
  outcome,
} from '#libs/platform/src/event-store/sqlite-batch.js';

/** A longer write-ahead log makes rarer, longer pauses. */
const checkpointBytes = 16 * 1024 * 1024;
/** The streams that were written last: what is remembered of them saves looking them up. */
const mostStreams = 20_000;
/** What goes wrong with the machine and not with one append: the others in the batch need not be tried. */
const environmental = new Set([
  5 /* busy */, 8 /* read-only */, 10 /* input/output */, 11 /* corrupt */, 14 /* cannot open */, 26,
]);
const ioError = 10;

const codeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class CommitFailed extends Error {}

const refusal = (error: unknown): Flat => {
  const unknown = error instanceof CommitFailed;
  return [unknown ? outcome.unknown : outcome.failed, messageOf(error), 0];
};

interface StreamRow {
  readonly sid: number;
  revision: number;
}

/** An open connection with its statements. */
class Connection {
  readonly database: DatabaseSync;
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly version: StatementSync;
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
      'PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864',
    );
    const [pageSize] = this.prepare('PRAGMA page_size').get() as unknown as [number];
    this.database.exec(`PRAGMA wal_autocheckpoint = ${checkpointBytes / pageSize}`);
    this.begin = this.prepare('BEGIN IMMEDIATE');
    this.commit = this.prepare('COMMIT');
    this.version = this.prepare('PRAGMA data_version');
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

/** The answer of the same append made before, or else a conflict. */
const repetition = (
  connection: Connection,
  batch: Flat,
  at: number,
  { sid, revision }: StreamRow = { sid: 0, revision: -1 },
): Flat => {
  const expected = batch[at + 2] as number;
  const count = batch[at + 3] as number;
  const conflict: Flat = [outcome.conflict, revision, 0];
  if (expected < expects.noStream || expected > revision) return conflict;
  const found = connection.idsFrom.all(sid, expected + 1, count) as unknown as [string, number][];
  const same =
    found.length === count && found.every(([id], index) => id === batch[at + headWidth + index * eventWidth]);
  return same ? [outcome.repeated, expected + count, (found[count - 1] as [string, number])[1]] : conflict;
};

/**
 * The one place that writes to the log. A batch is `[now, more, ...appends]`, an append `[stream, category, expected, count, ...events]`,
 * an event `[id, type, data, metadata]`; an append of no events asks whether writing works. All batches taken until `settle` share one
 * durable commit; conflicts are decided by reading, so that they do not disturb the others.
 */
export class LogWriter {
  private readonly path: string;
  private connection: Connection | undefined;
  private inode: number | undefined;
  private size = 0;
  private position = 0;
  /** Valid as long as nobody else has written, which `version` tells. */
  private readonly streams = new Map<string, StreamRow>();
  private version: number | undefined;
  /** The last commit could not be made: prove the next time that it can. */
  private unwell = false;
  private taken: Flat[] = [];
  private answers: Flat[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** For tests of limits that belong to a connection. */
  get database(): DatabaseSync {
    return this.open().database;
  }

  /** Answers three values an append, after a commit for this batch; never throws. */
  write(batch: Flat): Flat {
    this.take(batch);
    return this.settle()[0] as Flat;
  }

  /** Writes the batch into the transaction that `settle` will commit; never throws. */
  take(batch: Flat): void {
    this.taken.push(batch);
    if (this.failure) return;
    try {
      const connection = this.taken.length === 1 ? this.begin() : this.open();
      const answers: Flat = [];
      for (const at of offsets(batch)) this.append(connection, batch, at, answers);
      this.answers.push(answers);
    } catch (error) {
      this.abandon(error);
      this.failure = { error };
    }
  }

  /** Commits: answers three values an append, one list for each batch that was taken; never throws. */
  settle(): Flat[] {
    const { taken, answers } = this;
    const failure = this.failure ?? this.commit();
    this.taken = [];
    this.answers = [];
    this.failure = undefined;
    if (!failure) return answers;
    const only = taken.flatMap(offsets).length === 1;
    if (only || environmental.has(codeOf(failure.error)))
      return taken.map((batch) => offsets(batch).flatMap(() => refusal(failure.error)));
    return taken.map((batch) => offsets(batch).flatMap((at) => this.alone(batch, at)));
  }

  /** What was taken and not settled is not written. */
  close(): void {
    this.connection?.database.close();
    this.connection = undefined;
    // Each connection counts the writes of others for itself.
    this.version = undefined;
  }

  private alone(batch: Flat, at: number): Flat {
    const answers: Flat = [];
    try {
      this.append(this.begin(), batch, at, answers);
    } catch (error) {
      this.abandon(error);
      return refusal(error);
    }
    const failure = this.commit();
    return failure ? refusal(failure.error) : answers;
  }

  private open(): Connection {
    return (this.connection ??= new Connection(this.path));
  }

  private begin(): Connection {
    this.check();
    const connection = this.open();
    connection.begin.get();
    const [version] = connection.version.get() as unknown as [number];
    if (version !== this.version) {
      this.version = version;
      this.streams.clear();
      this.position = (connection.lastPosition.get() as unknown as [number | null])[0] ?? 0;
    }
    if (this.unwell)
      connection.database.exec(
        `REPLACE INTO meta (key, value) VALUES ('recovered', '${new Date().toISOString()}')`,
      );
    return connection;
  }

  /** What is written to a file that nobody will find again, or that is a log no more, is lost. */
  private check(): void {
    const { ino, size } = statSync(this.path, { throwIfNoEntry: false }) ?? { ino: undefined, size: 0 };
    this.inode ??= ino;
    if (ino === undefined || ino !== this.inode)
      throw new Error('the file was removed or replaced while it was open');
    // A log never becomes smaller.
    if (size < this.size) throw new Error('the file was cut off while it was open');
    this.size = size;
  }

  private commit(): { readonly error: unknown } | undefined {
    try {
      this.open().commit.get();
      this.unwell = false;
      return undefined;
    } catch (error) {
      // What could not be synced may still be found after a crash; what found no room cannot.
      const unknown = codeOf(error) === ioError;
      const failure = unknown
        ? Object.assign(new CommitFailed(messageOf(error)), { errcode: ioError })
        : error;
      this.abandon(failure);
      return { error: failure };
    }
  }

  private abandon(error: unknown): void {
    this.unwell = true;
    this.version = undefined;
    const database = this.connection?.database;
    try {
      if (database?.isTransaction) database.exec('ROLLBACK');
      if (environmental.has(codeOf(error)) && codeOf(error) !== 5) this.close();
    } catch {
      // A connection that cannot even roll back is given up; the file decides what is in the log.
      this.connection = undefined;
    }
  }

  private append(connection: Connection, batch: Flat, at: number, answers: Flat): void {
    const expected = batch[at + 2] as number;
    const count = batch[at + 3] as number;
    if (count === 0) {
      answers.push(outcome.appended, 0, this.position);
      return;
    }
    const known = this.find(connection, batch[at] as string);
    const actual = known?.revision ?? -1;
    const free =
      expected === expects.any || (expected === expects.streamExists && actual >= 0) || expected === actual;
    if (!free) {
      answers.push(...repetition(connection, batch, at, known));
      return;
    }
    const { sid, revision } = this.moved(connection, batch, at, known);
    for (let event = at + headWidth; event < at + headWidth + count * eventWidth; event += eventWidth) {
      this.position += 1;
      // Unlike `run`, it makes no object that tells of the change.
      connection.addEvent.get(
        this.position,
        sid,
        revision - count + 1 + (event - at - headWidth) / eventWidth,
        batch[0] as number,
        batch[event] as string,
        batch[event + 1] as string,
        batch[event + 2] as string,
        batch[event + 3] as string | null,
      );
    }
    answers.push(outcome.appended, revision, this.position);
  }

  private find(connection: Connection, stream: string): StreamRow | undefined {
    const known = this.streams.get(stream);
    if (known) return known;
    const found = connection.streamOf.get(stream) as unknown as [number, number] | undefined;
    return found && this.remember(stream, { sid: found[0], revision: found[1] });
  }

  private remember(stream: string, row: StreamRow): StreamRow {
    if (this.streams.size >= mostStreams) this.streams.clear();
    this.streams.set(stream, row);
    return row;
  }

  /** The stream's row, brought to its new revision. */
  private moved(connection: Connection, batch: Flat, at: number, known: StreamRow | undefined): StreamRow {
    const count = batch[at + 3] as number;
    const stream = batch[at] as string;
    if (!known) {
      const added = connection.addStream.get(stream, batch[at + 1] as string, count - 1);
      return this.remember(stream, { sid: (added as unknown as [number])[0], revision: count - 1 });
    }
    known.revision += count;
    connection.moveStream.get(known.revision, known.sid);
    return known;
  }
}
