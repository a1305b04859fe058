import type { JsonObject } from '#libs/kernel/src/json.js';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { clearInterval, setInterval } from 'node:timers';
import { isDamage } from '../read-store/sqlite-failure.js';
import { StoreDamaged, StoreUnavailable, StreamNotFound } from './event-store.errors.js';
import type { RecordedEvent } from './event-store.js';
import { LocalCursors } from './local-cursor.js';
import { type LocalLog, pageCharacters, type StreamPage, type StreamPlace } from './local-log.js';
import { LocalTail } from './local-tail.js';
import type { Written } from './sqlite-append-queue.js';

/** How soon what another process wrote is noticed. */
const pollMs = 10;

const columns = `SELECT e.pos, e.rev, e.ts, e.id, e.type, e.data, e.meta, s.name FROM events e JOIN streams s ON s.sid = e.sid`;

type Row = [number, number, number, string, string, string, string | null, string];

interface Rows {
  readonly events: readonly RecordedEvent[];
  readonly characters: number;
}

/** Reads the log file in short queries, so that no reader ever keeps the write-ahead log from being truncated. */
export class SqliteLog implements LocalLog {
  readonly cursors: LocalCursors;
  private readonly database: DatabaseSync;
  private readonly statements: Readonly<
    Record<'head' | 'page' | 'stream' | 'forwards' | 'backwards' | 'version', StatementSync>
  >;
  private readonly waiting = new Set<() => void>();
  private poll: NodeJS.Timeout | undefined;
  private version: number;
  private readonly tail = new LocalTail();

  constructor(
    private readonly path: string,
    identity: string,
  ) {
    this.cursors = new LocalCursors('s1', identity);
    this.database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    // Reads are recent or in order: a larger cache would only take memory.
    this.database.exec('PRAGMA cache_size = -16384');
    const prepare = (sql: string) => {
      const statement = this.database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.statements = {
      head: prepare('SELECT max(pos) FROM events'),
      page: prepare(`${columns} WHERE e.pos > ? ORDER BY e.pos LIMIT ?`),
      stream: prepare('SELECT sid, rev FROM streams WHERE name = ?'),
      forwards: prepare(`${columns} WHERE e.sid = ? AND e.rev >= ? ORDER BY e.rev LIMIT ?`),
      backwards: prepare(`${columns} WHERE e.sid = ? AND e.rev <= ? ORDER BY e.rev DESC LIMIT ?`),
      version: prepare('PRAGMA data_version'),
    };
  }

  head(): number {
    return this.reading(() => this.one<[number | null]>('head')?.[0] ?? 0);
  }

  page(after: number, limit: number): readonly RecordedEvent[] {
    const known = this.tail.after(after, limit);
    if (known.length > 0) return known;
    const { events, characters } = this.reading(() => this.rows('page', after, limit));
    this.tail.take(after, events, characters);
    return events;
  }

  streamPage({ stream, from, backwards }: StreamPlace, limit: number): StreamPage {
    return this.reading(() => {
      const found = this.one<[number, number]>('stream', stream);
      if (found === undefined) throw new StreamNotFound(stream);
      const [sid, last] = found;
      const { events } = this.rows(
        backwards ? 'backwards' : 'forwards',
        sid,
        from,
        Math.min(limit, last + 1),
      );
      const end = events.at(-1)?.revision;
      return { events, more: end !== undefined && end !== (backwards ? 0 : last) };
    });
  }

  beyond(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // Before the head is looked at: what is written after that changes the version.
      this.watch();
      if (signal.aborted || this.tail.end > position || this.head() > position) return resolve();
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.waiting.add(wake);
    });
  }

  /** This process has written: whoever follows the log is handed that as it would have been read. */
  take(appends: readonly Written[]): void {
    if (this.poll) for (const append of appends) this.remember(append);
    this.wake();
  }

  /** The head has moved. */
  wake(): void {
    for (const wake of this.waiting) wake();
  }

  close(): void {
    clearInterval(this.poll);
    this.wake();
    if (this.database.isOpen) this.database.close();
  }

  private watch(): void {
    if (this.poll) return;
    this.version = this.dataVersion();
    this.poll = setInterval(() => {
      this.look();
    }, pollMs);
  }

  /** Notices what other connections wrote, for all subscriptions at once. */
  private look(): void {
    if (this.waiting.size === 0) {
      clearInterval(this.poll);
      this.poll = undefined;
      return;
    }
    try {
      const version = this.dataVersion();
      if (version === this.version) return;
      this.version = version;
    } catch {
      // Whoever is woken reads, and reports what is wrong.
    }
    this.wake();
  }

  private dataVersion(): number {
    return this.reading(() => this.one<[number]>('version')?.[0] ?? 0);
  }

  private one<R>(name: keyof SqliteLog['statements'], ...values: (string | number)[]): R | undefined {
    return this.statements[name].get(...values) as R | undefined;
  }

  private remember({ request: { stream, events, bytes }, place: { revision, position }, at }: Written): void {
    const before = { revision: revision - events.length, position: position - events.length };
    const recorded = events.map(({ id, type, data, metadata }, index) =>
      this.recorded([
        before.position + 1 + index,
        before.revision + 1 + index,
        at,
        id,
        type,
        data,
        metadata,
        stream,
      ]),
    );
    this.tail.take(before.position, recorded, bytes);
  }

  private rows(name: 'page' | 'forwards' | 'backwards', ...values: number[]): Rows {
    const events: RecordedEvent[] = [];
    let characters = 0;
    for (const row of this.statements[name].iterate(...values) as unknown as Iterable<Row>) {
      events.push(this.recorded(row));
      characters += row[5].length;
      if (characters > pageCharacters) break;
    }
    return { events, characters };
  }

  private recorded([position, revision, ts, id, type, data, meta, stream]: Row): RecordedEvent {
    return {
      id,
      type,
      data: JSON.parse(data) as JsonObject,
      ...(meta === null ? {} : { metadata: JSON.parse(meta) as JsonObject }),
      stream,
      revision,
      recordedAt: new Date(ts),
      cursor: this.cursors.encode(position),
    };
  }

  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof StreamNotFound) throw error;
      const why = this.database.isOpen ? (error as Error).message : 'it is closed';
      if (isDamage(error))
        throw new StoreDamaged(`the event log ${this.path} is damaged, put a copy back: ${why}`, {
          cause: error,
        });
      throw new StoreUnavailable(`the event log ${this.path} cannot be read: ${why}`, { cause: error });
    }
  }
}
