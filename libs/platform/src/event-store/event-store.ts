import type { Cursor } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';

/** Number of an event in its stream, 0-based, a safe integer. */
export type Revision = number;

/** What the stream must be like for an append to succeed. */
export type Expected = Revision | 'no_stream' | 'stream_exists' | 'any';

export interface NewEvent {
  /** A UUID; stored in lower case. Derive it from the command, so that a retried append is one append. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata?: JsonObject;
}

/** An event as it was stored, before anybody has given its data and metadata a meaning. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly recordedAt: Date;
  readonly cursor: Cursor;
}

/** Of the last event of this write; a repeated write answers as the first did. */
export interface Appended {
  readonly revision: Revision;
  readonly cursor: Cursor;
}

/** Exact names; OR inside a list, AND between the lists. */
export interface Filter {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
}

export interface Batch {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been looked at, also what the filter left out. */
  readonly upTo: Cursor;
  /** True once a catch-up, with the batch that holds the last event that was there when the subscription began. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  /** Exclusive. Default `start`. */
  readonly after?: Cursor | 'start' | 'end';
  readonly filter?: Filter;
  /** Default 500. */
  readonly maxBatch?: number;
  /** Awaited, never concurrent; an empty batch tells of progress only. A rejection ends the subscription. */
  readonly onBatch: (batch: Batch) => Promise<void>;
  /** The log went away; the subscription comes back by itself. */
  readonly onDropped?: (error: Error, retryInMs: number) => void;
}

export interface Subscription {
  /** Resolves when no further batch will be delivered; may be called inside `onBatch`. */
  stop(): Promise<void>;
  /** Rejects when `onBatch` threw. */
  readonly done: Promise<void>;
}

export interface ReadStreamOptions {
  /** Inclusive. Default: the first event, or the last one when reading backwards. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ReadAllOptions {
  /** Exclusive. Default: from the start. */
  readonly after?: Cursor;
  readonly limit?: number;
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
}

/**
 * The log. One append is atomic, to one stream, durable when it is answered. Every read is exclusive of `after`.
 * Ordering is total over the log; nothing is ever deleted. Rejections are `EventStoreError`s.
 */
export abstract class EventStore {
  abstract append(
    stream: string,
    expected: Expected,
    events: readonly [NewEvent, ...NewEvent[]],
    options?: { readonly timeoutMs?: number },
  ): Promise<Appended>;
  /** Rejects with `StreamNotFound` while iterating when there is no such stream. */
  abstract readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  abstract readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  /** The cursor of the last event, or the one before every event when the log is empty. */
  abstract head(): Promise<Cursor>;
  abstract subscribe(options: SubscribeOptions): Subscription;
  abstract compareCursors(a: Cursor, b: Cursor): -1 | 0 | 1;
  abstract health(): Promise<{ readonly ok: boolean; readonly detail: string }>;
  /** Finishes what was accepted; idempotent. */
  abstract close(): Promise<void>;
}
