import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '#libs/kernel/src/errors.js';
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  EventStoreError,
  InvalidArgument,
  WrongRevision,
} from '#libs/platform/src/event-store/event-store.errors.js';
import type { Appended, EventStore, NewEvent } from '#libs/platform/src/event-store/event-store.js';

const tries = 5;
const firstPauseMs = 50;

/** Appends, and where the outcome is unknown asks again with the same ids at the same revision until it is known. */
export const appendSurely = async (
  store: EventStore,
  stream: string,
  firstRevision: number,
  events: readonly [NewEvent, ...NewEvent[]],
): Promise<Appended> => {
  const expected = firstRevision === 0 ? 'no_stream' : firstRevision - 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof AppendOutcomeUnknown) || attempt === tries) throw error;
      await sleep(firstPauseMs * 2 ** (attempt - 1));
    }
  }
};

/** What the log says, in the words of whoever sent a command. A defect stays what it is. */
export const toDomainError = (error: unknown): Error => {
  if (error instanceof DomainError) return error;
  if (error instanceof WrongRevision) {
    return new DomainError('wrong-revision', `${error.stream} is changed by others too often`, {
      cause: error,
    });
  }
  if (error instanceof AppendTooLarge) {
    return new DomainError('payload-too-large', 'the change is too large for one write', { cause: error });
  }
  if (error instanceof InvalidArgument || !(error instanceof EventStoreError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new DomainError('unavailable', 'the event log is not available', { cause: error });
};
