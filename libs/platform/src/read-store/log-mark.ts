import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cursor } from '#libs/kernel/src/event.js';
import { StreamNotFound } from '../event-store/event-store.errors.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';

/** The last event that went into the file. */
export interface Mark {
  readonly cursor: Cursor;
  readonly stream: string;
  readonly revision: number;
  readonly event_id: string;
}

export const markSchema = `
  CREATE TABLE _mark (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, stream TEXT NOT NULL, revision INTEGER NOT NULL, event_id TEXT NOT NULL) STRICT;
  CREATE TABLE _times (ms INTEGER PRIMARY KEY, cursor TEXT NOT NULL) STRICT;`;

/** Rows of one statement where there are many: half the time of as many statements. */
const together = 100;

const setTimes = (rows: number): string =>
  `INSERT INTO _times VALUES ${Array.from({ length: rows }, () => '(?, ?)').join()}
   ON CONFLICT (ms) DO UPDATE SET cursor = excluded.cursor`;

/** What the file knows of the log itself: where it stands, and when which cursor was recorded. */
export class LogMark {
  private readonly setMark: StatementSync;
  private readonly setTime: StatementSync;
  private readonly setManyTimes: StatementSync;
  private readonly lastTime: StatementSync;
  private current: Mark | undefined;

  constructor(private readonly database: DatabaseSync) {
    this.setMark = database.prepare('INSERT OR REPLACE INTO _mark VALUES (1, ?, ?, ?, ?)');
    this.setTime = database.prepare(setTimes(1));
    this.setManyTimes = database.prepare(setTimes(together));
    this.lastTime = database.prepare('SELECT max(ms) AS ms FROM _times');
    this.reload();
  }

  get last(): Mark | undefined {
    return this.current;
  }

  /** To be called inside a transaction; what it wrote counts after `reload`. */
  record(events: readonly RecordedEvent[]): void {
    const fresh = events.filter(({ cursor }) => this.current === undefined || cursor > this.current.cursor);
    const last = fresh.at(-1);
    if (last === undefined) return;
    this.setMark.run(last.cursor, last.stream, last.revision, last.id);
    const { ms } = this.lastTime.get() as { ms: number | null };
    this.recordTimes(fresh, ms ?? -Infinity);
  }

  /** After a commit: what is in the file is what counts. */
  reload(): void {
    this.current = this.database.prepare('SELECT cursor, stream, revision, event_id FROM _mark').get() as
      Mark | undefined;
  }

  /** One row a millisecond; a clock that goes back stands still here, so that later cursors never have earlier times. */
  private recordTimes(events: readonly RecordedEvent[], since: number): void {
    let ms = since;
    const times: (number | Cursor)[] = [];
    events.forEach(({ recordedAt, cursor }, index) => {
      ms = Math.max(ms, recordedAt.getTime());
      const next = events[index + 1];
      if (next === undefined || next.recordedAt.getTime() > ms) times.push(ms, cursor);
    });
    this.write(times);
  }

  private write(times: readonly (number | Cursor)[]): void {
    const many = 2 * together;
    const rest = times.length - (times.length % many);
    for (let at = 0; at < rest; at += many) this.setManyTimes.run(...times.slice(at, at + many));
    for (let at = rest; at < times.length; at += 2) this.setTime.run(...times.slice(at, at + 2));
  }
}

/** Whether the log still has the event at the place where it was. Rejects when the log cannot be asked. */
export const isOfLog = async (store: EventStore, mark: Mark, signal: AbortSignal): Promise<boolean> => {
  try {
    for await (const event of store.readStream(mark.stream, { from: mark.revision, limit: 1, signal }))
      return event.id === mark.event_id && event.cursor === mark.cursor;
    return false;
  } catch (error) {
    if (error instanceof StreamNotFound) return false;
    throw error;
  }
};
