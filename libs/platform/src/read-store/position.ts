import { DomainError } from '#libs/kernel/src/errors.js';
import type { SqlValue } from './read-view.js';

/** In which order a list comes: by one column, and by id where that says nothing. */
export interface Sort {
  /** Put into the SQL as it is: the caller's own word, never a client's. */
  readonly column: string;
  readonly descending: boolean;
}

/** A place between two rows: right behind the one that had this value and this id, whether it is still there or not. */
export interface Position {
  readonly value: SqlValue;
  readonly id: string;
}

export const byId: Sort = { column: 'id', descending: false };

/** Tells a marker that holds more than an id; no id begins with it, and no address has to escape it. */
const sign = '~';

export const refusedMarker = (message: string): DomainError =>
  new DomainError('validation-failed', `marker ${message}`, { violations: [{ member: 'marker', message }] });

const isValue = (value: unknown): value is SqlValue =>
  value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** The position of a row as text: in the order of ids its id, else something that only this room reads. */
export const markerOf = ({ column }: Sort, { value, id }: Position): string =>
  column === 'id' ? id : sign + Buffer.from(JSON.stringify([column, value, id])).toString('base64url');

/**
 * The position that a marker names; undefined for a plain id in an order that is not the ids' own. `validation-failed` for a marker
 * of a list in another order.
 */
export const positionOf = ({ column }: Sort, marker: string): Position | undefined => {
  if (!marker.startsWith(sign)) return column === 'id' ? { value: marker, id: marker } : undefined;
  const parts = parsed(marker.slice(sign.length));
  const [of, value, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (of !== column || !isValue(value) || typeof id !== 'string') {
    throw refusedMarker('must come from a link of a list in the same order');
  }
  return { value, id };
};

export const reversed = ({ column, descending }: Sort): Sort => ({ column, descending: !descending });

/** Rows that follow each other in an index. */
export interface Stretch {
  readonly conditions: readonly string[];
  readonly values: readonly SqlValue[];
  readonly order: string;
}

interface Reading {
  readonly sort: Sort;
  readonly from: Position | undefined;
  readonly compare: string;
  readonly plus: string;
}

const wayOf = ({ descending }: Sort): string => (descending ? 'DESC' : 'ASC');

const byIdFrom = ({ sort, from, compare, plus }: Reading): Stretch => ({
  conditions: from ? [`${plus}id ${compare} ?`] : [],
  values: from ? [from.id] : [],
  order: `${plus}id ${wayOf(sort)}`,
});

const withValue = ({ sort, from, compare, plus }: Reading): Stretch => {
  const by = plus + sort.column;
  const behind = from ? [`(${by}, ${plus}id) ${compare} (?, ?)`] : [];
  return {
    conditions: [`${by} IS NOT NULL`, ...behind],
    values: from ? [from.value, from.id] : [],
    order: `${by} ${wayOf(sort)}, ${plus}id ${wayOf(sort)}`,
  };
};

const withoutValue = (reading: Reading): Stretch => {
  const { conditions, values, order } = byIdFrom(reading);
  return { conditions: [`${reading.plus}${reading.sort.column} IS NULL`, ...conditions], values, order };
};

/**
 * What is read, one after the other, to have all rows from a position on: what has no value comes last, or first when descending, and
 * is read by itself, since the indexes leave it out. `plus` keeps SQLite from using an index for the order.
 */
export const stretchesOf = (
  sort: Sort,
  from: Position | undefined,
  inclusive: boolean,
  plus: '' | '+' = '',
): readonly Stretch[] => {
  const reading = { sort, from, compare: `${sort.descending ? '<' : '>'}${inclusive ? '=' : ''}`, plus };
  const whole = { ...reading, from: undefined };
  if (sort.column === 'id') return [byIdFrom(reading)];
  if (from !== undefined && from.value === null) {
    return sort.descending ? [withoutValue(reading), withValue(whole)] : [withoutValue(reading)];
  }
  if (!sort.descending) return [withValue(reading), withoutValue(whole)];
  return from === undefined ? [withoutValue(whole), withValue(whole)] : [withValue(reading)];
};
