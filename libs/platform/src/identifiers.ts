import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';

/** What one millisecond has room for. */
const most = 0xfff;

let millisecond = 0;
let count = 0;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * A UUIDv7. Those of one process are in the order in which they were made: what is kept under them is written side by side instead of all
 * over an index.
 */
export const newId = (): string => {
  const now = Date.now();
  count = now > millisecond || count === most ? 0 : count + 1;
  if (now > millisecond) millisecond = now;
  // The millisecond is full: the next one is begun early, as RFC 9562 allows.
  else if (count === 0) millisecond += 1;
  const time = hex(millisecond, 12);
  // Node makes random UUIDs from a store of random bytes: from the system, each would take ten times as long.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}${randomUUID().slice(18)}`;
};

/**
 * The same identifier for the same origin and number, another for any other. Of an origin that `newId` made it keeps the place in the
 * order; at most 4096 of these differ within their first 18 characters.
 */
export const derivedId = (origin: string, number: number): string => {
  if (origin[14] !== '7' || number > most) return v5(String(number), origin);
  return `${origin.slice(0, 14)}8${hex(Number.parseInt(origin.slice(15, 18), 16) ^ number, 3)}${origin.slice(18)}`;
};
