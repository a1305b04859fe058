import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { AnyProjection } from '#libs/kernel/src/projection.js';
import type { EventStore } from '../event-store/event-store.js';
import type { ReadView } from './read-view.js';

export { ReadView, type SqlValue } from './read-view.js';

export interface ReadStoreOptions {
  /** The file of the read models; may be deleted at any time, since it is built from the log. */
  readonly path: string;
  readonly store: EventStore;
  readonly projections: readonly AnyProjection[];
  /** Told of rebuilds, of files put aside and of failures that are retried. Default: Nest's logger. */
  readonly log?: (line: string) => void;
}

const absent = (): never => {
  throw new DomainError('unavailable', 'the read models are not there yet');
};

/** The read models of this process: built from the log, kept up to date with it, readable as of any past cursor. */
export class ReadStore {
  constructor(readonly options: ReadStoreOptions) {}

  /** Resolves when every query can be answered as of the log's end. Rejects when another process uses the file. */
  start(): Promise<void> {
    return Promise.reject(new DomainError('unavailable', 'the read models are not there yet'));
  }

  /** Resolves when everything up to the cursor can be read. `unavailable` at the deadline; `validation-failed` for a cursor that is not one of this log. */
  passed(_cursor: Cursor, _timeoutMs: number): Promise<void> {
    return Promise.reject(new DomainError('unavailable', 'the read models are not there yet'));
  }

  cursor(): Cursor | undefined {
    return undefined;
  }

  /** `unavailable` until `start` has resolved. */
  now(): ReadView {
    return absent();
  }

  /** Undefined is before the first event. `validation-failed` for a cursor of another log, `unavailable` for one not reached yet. */
  asOf(_cursor: Cursor | undefined): ReadView {
    return absent();
  }

  /** The last cursor recorded at or before the time; undefined when the log began later. */
  cursorAt(_time: Date): Cursor | undefined {
    return undefined;
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    return { ok: false, detail: 'not started' };
  }

  /** Finishes the batch at hand; idempotent. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
