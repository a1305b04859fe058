import type { Cursor } from '#libs/kernel/src/event.js';
import { setImmediate } from 'node:timers/promises';
import { CursorMismatch } from './event-store.errors.js';
import type { ReadAllOptions, ReadStreamOptions, RecordedEvent } from './event-store.js';
import type { LocalCursors } from './local-cursor.js';
import { checkAllRead, checkStreamRead, matcher } from './requests.js';

export interface StreamPlace {
  readonly stream: string;
  /** Inclusive. Reading backwards, a revision beyond the last one stands for the last one. */
  readonly from: number;
  readonly backwards: boolean;
}

export interface StreamPage {
  readonly events: readonly RecordedEvent[];
  readonly more: boolean;
}

/** A log in this process or on this machine: read in short synchronous pages, positions dense from 1. */
export interface LocalLog {
  readonly cursors: LocalCursors;
  /** Position of the last event, 0 when there is none. Throws `StoreUnavailable` when it cannot be read. */
  head(): number;
  /** The events after a position, in order, without a gap: at most `limit`, fewer when they are large, none only at the end. */
  page(after: number, limit: number): readonly RecordedEvent[];
  /** Events of one stream from a revision on, as `page` does; throws `StreamNotFound`. */
  streamPage(place: StreamPlace, limit: number): StreamPage;
  /** Resolves once the head is beyond the position, or at once when it is, or when the signal aborts. */
  beyond(position: number, signal: AbortSignal): Promise<void>;
}

/** Rows looked at in one go: short enough for the other work of the thread. */
export const pageSize = 500;
/** Characters of JSON after which a page ends early, so that large events do not pile up in memory. */
export const pageCharacters = 1_000_000;

/** The position that a reader wants to go on from. A log that was put back to an older state is noticed here. */
export const positionOf = (log: LocalLog, cursor: Cursor | undefined): number => {
  const position = cursor === undefined ? 0 : log.cursors.decode(cursor);
  if (position > log.head()) throw new CursorMismatch('the cursor is beyond the end of this log');
  return position;
};

export async function* readAllOf(log: LocalLog, options: ReadAllOptions): AsyncGenerator<RecordedEvent> {
  checkAllRead(options);
  const { signal } = options;
  const matches = matcher(options.filter);
  let left = options.limit ?? Infinity;
  let position = positionOf(log, options.after);
  for (;;) {
    signal?.throwIfAborted();
    const events = log.page(position, pageSize);
    position += events.length;
    for (const event of events) {
      if (!matches(event.stream, event.type)) continue;
      yield event;
      signal?.throwIfAborted();
      if (--left === 0) return;
    }
    if (events.length === 0) return;
    // A reader that takes everything as fast as it comes must not starve the others.
    await setImmediate();
  }
}

const placeOf = (stream: string, { from, direction }: ReadStreamOptions): StreamPlace => {
  const backwards = direction === 'backwards';
  return { stream, from: from ?? (backwards ? Number.MAX_SAFE_INTEGER : 0), backwards };
};

const behind = (place: StreamPlace, events: readonly RecordedEvent[]): StreamPlace => {
  const last = events.at(-1)?.revision ?? place.from;
  return { ...place, from: last + (place.backwards ? -1 : 1) };
};

export async function* readStreamOf(
  log: LocalLog,
  stream: string,
  options: ReadStreamOptions,
): AsyncGenerator<RecordedEvent> {
  checkStreamRead(stream, options);
  const { signal } = options;
  let place = placeOf(stream, options);
  let left = options.limit ?? Infinity;
  for (;;) {
    signal?.throwIfAborted();
    const { events, more } = log.streamPage(place, Math.min(left, pageSize));
    for (const event of events) {
      yield event;
      signal?.throwIfAborted();
    }
    left -= events.length;
    place = behind(place, events);
    if (!more || left === 0) return;
    await setImmediate();
  }
}
