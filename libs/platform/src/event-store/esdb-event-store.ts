import type { Cursor } from '#libs/kernel/src/event.js';
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
import { EsdbAddress } from './esdb-address.js';
import { EsdbAppender } from './esdb-appender.js';
import { EsdbConnection } from './esdb-connection.js';
import { comparePositions, decodeUnsealed, origin } from './esdb-cursor.js';
import { EsdbIdentity } from './esdb-identity.js';
import { readAllFrom } from './esdb-read-all.js';
import { EsdbReader } from './esdb-reader.js';
import { withCursor } from './esdb-records.js';
import { EsdbSubscription } from './esdb-subscription.js';
import { within } from './esdb-time.js';
import { appendRequest, checkStreamRead } from './requests.js';

export interface EsdbOptions {
  /** Of an append that names none. Default 10,000. */
  readonly appendTimeoutMs?: number;
  /** A read that brings nothing for so long is given up, and so is a connection on which no append is answered. Default 10,000. */
  readonly readTimeoutMs?: number;
  /** A subscription that brings nothing for so long is compared with the end of the log. Default 10,000. */
  readonly idleMs?: number;
  /** Longest pause before a subscription is tried again. Default 5,000. */
  readonly longestRetryMs?: number;
  /** So many failures in a row and the connection is made anew. Default 3. */
  readonly patience?: number;
}

const healthMs = 3000;

/**
 * The log on EventStoreDB 22.6 or later, or KurrentDB. Makes no connection before it is used, and comes back by itself after any outage.
 * One in a process: the client shares state between instances. Throws `InvalidArgument` when the address is of no use.
 */
export class EsdbEventStore extends EventStore {
  private readonly address: EsdbAddress;
  private readonly connection: EsdbConnection;
  private readonly reader: EsdbReader;
  private readonly identity: EsdbIdentity;
  private readonly appender: EsdbAppender;
  private readonly appends = new Set<Promise<unknown>>();
  private readonly subscriptions = new Set<Subscription>();
  private closing: Promise<void> | undefined;

  constructor(
    connectionString: string,
    private readonly options: EsdbOptions = {},
  ) {
    super();
    const readMs = options.readTimeoutMs ?? 10_000;
    this.address = new EsdbAddress(connectionString);
    this.connection = new EsdbConnection(this.address, options.patience ?? 3);
    this.reader = new EsdbReader(this.connection, readMs);
    this.identity = new EsdbIdentity(this.connection, this.reader, readMs);
    this.appender = new EsdbAppender(this.connection, this.identity, this.reader, readMs);
  }

  override async append(
    stream: string,
    expected: Expected,
    events: readonly [NewEvent, ...NewEvent[]],
    { timeoutMs = this.options.appendTimeoutMs ?? 10_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    const request = appendRequest(stream, expected, events);
    this.assertOpen();
    const work = this.appender.append(request, timeoutMs);
    this.appends.add(work);
    const forget = () => this.appends.delete(work);
    work.then(forget, forget);
    return work;
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    checkStreamRead(stream, options);
    this.assertOpen();
    options.signal?.throwIfAborted();
    const cursors = await this.identity.cursors();
    for await (const record of this.reader.stream({ stream, ...options })) yield withCursor(record, cursors);
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    this.assertOpen();
    yield* readAllFrom(this.reader, this.identity, options);
  }

  override async head(): Promise<Cursor> {
    this.assertOpen();
    const cursors = await this.identity.cursors();
    return cursors.encode((await this.reader.last())?.position ?? origin);
  }

  override subscribe(options: SubscribeOptions): Subscription {
    if (this.closing)
      return {
        stop: () => Promise.resolve(),
        done: Promise.reject(new StoreUnavailable('the log is closed')),
      };
    const subscription = new EsdbSubscription(this.connection, this.reader, this.identity, {
      idleMs: this.options.idleMs ?? 10_000,
      longestRetryMs: this.options.longestRetryMs ?? 5000,
      ...options,
    });
    this.subscriptions.add(subscription);
    const forget = () => this.subscriptions.delete(subscription);
    subscription.done.then(forget, forget);
    return subscription;
  }

  /** Throws `CursorMismatch` for what is no cursor of this log, as far as is known without asking the server. */
  override compareCursors(a: Cursor, b: Cursor): -1 | 0 | 1 {
    const cursors = this.identity.cached;
    const decode = (cursor: Cursor) => cursors?.decode(cursor) ?? decodeUnsealed(cursor);
    return comparePositions(decode(a), decode(b));
  }

  override async health(): Promise<{ readonly ok: boolean; readonly detail: string }> {
    if (this.closing) return { ok: false, detail: 'closed' };
    const { shown } = this.address;
    const late = () => new StoreUnavailable(`no answer within ${healthMs} ms`);
    try {
      await within(healthMs, this.head(), late);
      return { ok: true, detail: shown };
    } catch (error) {
      return { ok: false, detail: `${shown}: ${error instanceof Error ? error.message : 'unknown'}` };
    }
  }

  override close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    const ending = [...this.subscriptions].map(({ done }) => done);
    await Promise.allSettled([
      ...this.appends,
      ...[...this.subscriptions].map((subscription) => subscription.stop()),
    ]);
    await Promise.allSettled(ending);
    await this.connection.close();
  }

  private assertOpen(): void {
    if (this.closing) throw new StoreUnavailable('the log is closed');
  }
}
