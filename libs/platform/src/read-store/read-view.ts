import type { Cursor } from '#libs/kernel/src/event.js';

export type SqlValue = string | number | null;

/**
 * The tables of the read models as they are, or as they were at one cursor: the same SQL answers for both. Synchronous;
 * what is read without an `await` between belongs together. Throws `DomainError('unavailable')` while there is nothing to read.
 */
export abstract class ReadView {
  /** Everything up to here is in the answers; undefined before the first event. */
  abstract readonly cursor: Cursor | undefined;
  abstract all<T>(sql: string, ...parameters: SqlValue[]): T[];
  abstract get<T>(sql: string, ...parameters: SqlValue[]): T | undefined;
}
