import type { Cursor } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { randomUUID } from 'node:crypto';
import { type Clock, SystemClock } from '../clock.js';
import {
  AppendOutcomeUnknown,
  StoreUnavailable,
  StreamNotFound,
  WrongRevision,
} from './event-store.errors.js';
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
import { LocalCursors } from './local-cursor.js';
import {
  type LocalLog,
  pageCharacters,
  readAllOf,
  readStreamOf,
  type StreamPage,
  type StreamPlace,
} from './local-log.js';
import { LocalSubscriptions } from './local-subscription.js';
import { type AppendRequest, appendRequest, type PreparedEvent } from './requests.js';

interface Entry extends PreparedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
}

/** What several `MemoryEventStore`s can share. Forgets everything with the process. */
export class MemoryLog implements LocalLog {
  readonly cursors = new LocalCursors('m1', randomUUID());
  private readonly entries: Entry[] = [];
  private readonly streams = new Map<string, Entry[]>();
  private readonly waiting = new Set<() => void>();
  private gate: Promise<void> | undefined;

  constructor(private readonly clock: Clock = new SystemClock()) {}

  head(): number {
    return this.entries.length;
  }

  page(after: number, limit: number): readonly RecordedEvent[] {
    return this.recordedOf(this.entries.slice(after, after + limit));
  }

  streamPage({ stream, from, backwards }: StreamPlace, limit: number): StreamPage {
    const entries = this.streams.get(stream);
    if (entries === undefined) throw new StreamNotFound(stream);
    const ahead = backwards ? entries.slice(0, from + 1).toReversed() : entries.slice(from);
    const events = this.recordedOf(ahead.slice(0, limit));
    return { events, more: events.length < ahead.length };
  }

  beyond(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.head() > position) return resolve();
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.waiting.add(wake);
    });
  }

  /** For tests of slowness: appends wait until the answer is called. */
  hold(): () => void {
    let open: () => void;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return () => {
      this.gate = undefined;
      open();
    };
  }

  async append(request: AppendRequest): Promise<Appended> {
    if (this.gate) await this.gate;
    const stream = this.streams.get(request.stream) ?? [];
    const earlier = this.earlier(stream, request);
    const last = earlier ?? this.write(stream, request);
    return { revision: last.revision, cursor: this.cursors.encode(last.position) };
  }

  private recordedOf(entries: readonly Entry[]): readonly RecordedEvent[] {
    const events: RecordedEvent[] = [];
    let characters = 0;
    for (const entry of entries) {
      characters += entry.data.length + (entry.metadata?.length ?? 0);
      events.push(this.recorded(entry));
      if (characters > pageCharacters) break;
    }
    return events;
  }

  private recorded({
    id,
    type,
    data,
    metadata,
    stream,
    revision,
    position,
    recordedAt,
  }: Entry): RecordedEvent {
    return {
      id,
      type,
      data: JSON.parse(data) as JsonObject,
      ...(metadata === null ? {} : { metadata: JSON.parse(metadata) as JsonObject }),
      stream,
      revision,
      recordedAt: new Date(recordedAt),
      cursor: this.cursors.encode(position),
    };
  }

  /** The last event of the same append made before, if this one repeats it. */
  private earlier(
    stream: readonly Entry[],
    { stream: name, expected, events }: AppendRequest,
  ): Entry | undefined {
    const actual = stream.length - 1;
    if (expected === 'any' || (expected === 'stream_exists' && actual >= 0)) return undefined;
    const from = expected === 'no_stream' ? 0 : expected === 'stream_exists' ? Infinity : expected + 1;
    if (from === actual + 1) return undefined;
    if (events.every(({ id }, index) => stream[from + index]?.id === id))
      return stream[from + events.length - 1];
    throw new WrongRevision(name, expected, actual < 0 ? 'no_stream' : actual);
  }

  private write(stream: Entry[], request: AppendRequest): Entry {
    const recordedAt = this.clock.now().getTime();
    for (const event of request.events) {
      const entry = {
        ...event,
        stream: request.stream,
        revision: stream.length,
        position: this.entries.length + 1,
        recordedAt,
      };
      stream.push(entry);
      this.entries.push(entry);
    }
    this.streams.set(request.stream, stream);
    for (const wake of this.waiting) wake();
    return stream.at(-1) as Entry;
  }
}

/** The contract of `EventStore` for tests and trials, durable as long as its `MemoryLog`. */
export class MemoryEventStore extends EventStore {
  private readonly subscriptions: LocalSubscriptions;
  private closed = false;

  constructor(private readonly log = new MemoryLog()) {
    super();
    this.subscriptions = new LocalSubscriptions(log);
  }

  override async append(
    stream: string,
    expected: Expected,
    events: readonly [NewEvent, ...NewEvent[]],
    { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    const request = appendRequest(stream, expected, events);
    this.assertOpen();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new AppendOutcomeUnknown(`the append to ${stream} was not answered within ${timeoutMs} ms`));
      }, timeoutMs);
      this.log
        .append(request)
        .finally(() => {
          clearTimeout(timer);
        })
        .then(resolve, reject);
    });
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
    return this.closed
      ? { ok: false, detail: 'closed' }
      : { ok: true, detail: `${this.log.head()} events in memory` };
  }

  override async close(): Promise<void> {
    this.closed = true;
    await this.subscriptions.close();
  }

  private assertOpen(): void {
    if (this.closed) throw new StoreUnavailable('the log is closed');
  }
}
