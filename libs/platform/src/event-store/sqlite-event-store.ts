import type { Cursor } from '#libs/kernel/src/event.js';
import { resolve } from 'node:path';
import { type Clock, SystemClock } from '../clock.js';
import { StoreUnavailable } from './event-store.errors.js';
import {
  type Appended,
  EventStore,
  type Expected,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type Subscription,
} from './event-store.js';
import { readAllOf, readStreamOf } from './local-log.js';
import { LocalSubscriptions } from './local-subscription.js';
import { appendRequest } from './requests.js';
import { AppendQueue } from './sqlite-append-queue.js';
import { openLogFile } from './sqlite-log-file.js';
import { SqliteLog } from './sqlite-log.js';
import { type Writer, WriterThread } from './sqlite-writer.js';

export interface SqliteOptions {
  readonly clock?: Clock;
  /** Who writes to the file; by default a thread. */
  readonly writer?: (path: string) => Writer;
}

const defaultTimeoutMs = 10_000;

/**
 * The log in one SQLite file on a local disk. Any number of processes may read and write it. The constructor throws `StoreUnavailable` that
 * names the path when the file is not a log.
 */
export class SqliteEventStore extends EventStore {
  private readonly log: SqliteLog;
  private readonly queue: AppendQueue;
  private readonly subscriptions: LocalSubscriptions;
  private closing: Promise<void> | undefined;

  constructor(path: string, options: SqliteOptions = {}) {
    super();
    const file = resolve(path);
    const { clock = new SystemClock(), writer = (at) => new WriterThread(at) } = options;
    this.log = new SqliteLog(file, openLogFile(file));
    this.subscriptions = new LocalSubscriptions(this.log);
    this.queue = new AppendQueue(
      file,
      () => writer(file),
      clock,
      (appends) => {
        this.log.take(appends);
      },
    );
  }

  override async append(
    stream: string,
    expected: Expected,
    events: readonly [NewEvent, ...NewEvent[]],
    { timeoutMs = defaultTimeoutMs }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    const request = appendRequest(stream, expected, events);
    this.assertOpen();
    const { revision, position } = await this.queue.append(request, timeoutMs);
    return { revision, cursor: this.log.cursors.encode(position) };
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    this.assertOpen();
    yield* readStreamOf(this.log, stream, options);
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    this.assertOpen();
    yield* readAllOf(this.log, options);
  }

  override async head(): Promise<Cursor> {
    this.assertOpen();
    return this.log.cursors.encode(this.log.head());
  }

  override subscribe(options: SubscribeOptions): Subscription {
    return this.subscriptions.add(options);
  }

  override compareCursors(a: Cursor, b: Cursor): -1 | 0 | 1 {
    return this.log.cursors.compare(a, b);
  }

  override async health(): Promise<{ readonly ok: boolean; readonly detail: string }> {
    try {
      this.assertOpen();
      await this.queue.probe(2000);
      return { ok: true, detail: `${this.log.head()} events` };
    } catch (error) {
      return { ok: false, detail: (error as Error).message };
    }
  }

  override close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    await Promise.all([this.subscriptions.close(), this.queue.drain()]);
    // The writer goes last: only it can leave a log without a write-ahead log beside it.
    this.log.close();
    await this.queue.close();
  }

  private assertOpen(): void {
    if (this.closing) throw new StoreUnavailable('the log is closed');
  }
}
