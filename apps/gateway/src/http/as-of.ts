import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { ReadStore, ReadView } from '#libs/platform/src/read-store/read-store.js';
import { isInstant } from './fields.js';

const refused = (message: string) =>
  new DomainError('validation-failed', `as_of ${message}`, { violations: [{ member: 'as_of', message }] });

const cursorPattern = /^[\w.:-]{1,200}$/;

/** A cursor as clients send it back; opaque, so only its outer form is looked at here. */
export const toCursor = (text: string, member: string): Cursor => {
  if (cursorPattern.test(text)) return text as Cursor;
  const message = 'must be a cursor that this API has given out';
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

const asOfTime = (readStore: ReadStore, text: string): ReadView => {
  const time = new Date(text);
  if (time > new Date()) throw refused('must not lie in the future');
  return readStore.asOf(readStore.cursorAt(time));
};

const asOfCursor = (readStore: ReadStore, text: string): ReadView => {
  try {
    return readStore.asOf(toCursor(text, 'as_of'));
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unavailable' && readStore.cursor() !== undefined) {
      throw refused('must not lie in the future');
    }
    if (error instanceof DomainError && error.code === 'validation-failed') {
      throw refused('must be a time such as 2026-11-23T08:00:00Z, or a cursor of this log');
    }
    throw error;
  }
};

/** The read models as they are, or as of what `as_of` says. Throws `validation-failed` for what is neither time nor cursor. */
export const viewAsOf = (readStore: ReadStore, asOf: unknown): ReadView => {
  if (asOf === undefined) return readStore.now();
  if (typeof asOf !== 'string') throw refused('must be given once');
  return isInstant(asOf) ? asOfTime(readStore, asOf) : asOfCursor(readStore, asOf);
};
