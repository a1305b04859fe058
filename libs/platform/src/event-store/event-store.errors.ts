import type { Expected, Revision } from './event-store.js';

/** Everything an `EventStore` rejects with. */
export abstract class EventStoreError extends Error {}

export class WrongRevision extends EventStoreError {
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    /** Unknown to some servers. */
    readonly actual?: Revision | 'no_stream',
    options?: ErrorOptions,
  ) {
    super(`stream ${stream} is at revision ${actual ?? 'unknown'}, not at ${expected}`, options);
    this.name = 'WrongRevision';
  }
}

export class StreamNotFound extends EventStoreError {
  constructor(
    readonly stream: string,
    options?: ErrorOptions,
  ) {
    super(`there is no stream ${stream}`, options);
    this.name = 'StreamNotFound';
  }
}

/** The events may or may not be in the log: append again with the same ids at the same revision to find out. */
export class AppendOutcomeUnknown extends EventStoreError {
  override readonly name = 'AppendOutcomeUnknown';
}

/** The log is away, full or closed; nothing was written. */
export class StoreUnavailable extends EventStoreError {
  override readonly name: string = 'StoreUnavailable';
}

/** What is stored makes no sense: asking again is in vain, a copy has to be put back. */
export class StoreDamaged extends StoreUnavailable {
  override readonly name = 'StoreDamaged';
}

export class InvalidArgument extends EventStoreError {
  override readonly name = 'InvalidArgument';
}

/** More than 1,000 events or 900 KiB in one append. */
export class AppendTooLarge extends EventStoreError {
  override readonly name = 'AppendTooLarge';
}

/** The cursor belongs to another store. */
export class CursorMismatch extends EventStoreError {
  override readonly name = 'CursorMismatch';
}
