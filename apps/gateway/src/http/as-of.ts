import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { EventStore } from '#libs/platform/src/event-store/event-store.js';
import type { ReadStore, ReadView } from '#libs/platform/src/read-store/read-store.js';
import { isInstant } from './fields.js';

const refused = (message: string, member = 'as_of') =>
  new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });

const isRefused = (error: unknown) => error instanceof DomainError && error.code === 'validation-failed';

const cursorPattern = /^[\w.:-]{1,200}$/;

const header = 'Craton-Cursor';
const patienceMs = 10_000;

/** Whether nothing has been written there yet; a log that is away cannot tell. */
const isBeyond = async (eventStore: EventStore, cursor: Cursor): Promise<boolean> =>
  eventStore.head().then(
    (head) => eventStore.compareCursors(cursor, head) > 0,
    () => false,
  );

/**
 * Waits until the read models have passed the cursor that a client sends along. `unavailable` at the deadline, unless the log itself
 * does not reach that far: then it never came from there.
 */
export const passedCursor = async (
  { readStore, eventStore }: { readonly readStore: ReadStore; readonly eventStore: EventStore },
  text: string,
): Promise<void> => {
  const notACursor = refused('must be a cursor of this log, as an answer carried it', header);
  if (!cursorPattern.test(text)) throw notACursor;
  const cursor = text as Cursor;
  try {
    await readStore.passed(cursor, patienceMs);
  } catch (error) {
    if (isRefused(error) || (await isBeyond(eventStore, cursor))) throw notACursor;
    throw error;
  }
};

const asOfTime = (readStore: ReadStore, text: string, member: string): ReadView => {
  const time = new Date(text);
  if (time > new Date()) throw refused('must not lie in the future', member);
  return readStore.asOf(readStore.cursorAt(time));
};

const asOfCursor = (readStore: ReadStore, text: string, member: string): ReadView => {
  const neither = refused('must be a time such as 2026-11-23T08:00:00Z, or a cursor of this log', member);
  if (!cursorPattern.test(text)) throw neither;
  try {
    return readStore.asOf(text as Cursor);
  } catch (error) {
    if (isRefused(error)) throw neither;
    if (error instanceof DomainError && readStore.cursor() !== undefined) {
      throw refused('must not lie in the future', member);
    }
    throw error;
  }
};

/** The read models as they are, or as of what `as_of` or another member says. Throws `validation-failed` for what is neither time nor cursor. */
export const viewAsOf = (readStore: ReadStore, asOf: unknown, member = 'as_of'): ReadView => {
  if (asOf === undefined) return readStore.now();
  if (typeof asOf !== 'string') throw refused('must be given once', member);
  return isInstant(asOf) ? asOfTime(readStore, asOf, member) : asOfCursor(readStore, asOf, member);
};
