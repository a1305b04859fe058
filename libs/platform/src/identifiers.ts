import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';

/** What one millisecond has room for. */
const most = 0xfff;

let millisecond = 0;
let count = 0;
/** How those of this millisecond begin. */
let beginning = '';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const counts = Array.from({ length: most + 1 }, (_, value) => hex(value, 3));

/**
 * A UUIDv7. Those of one process are in the order in which they were made: what is kept under them is written side by side instead of all
 * over an index.
 */
export const newId = (): string => {
  const now = Date.now();
  count = now > millisecond || count === most ? 0 : count + 1;
  if (count === 0) {
    // When the millisecond is full, the next one is begun early, as RFC 9562 allows.
    millisecond = Math.max(now, millisecond + 1);
    const time = hex(millisecond, 12);
    beginning = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  // Node makes random UUIDs from a store of random bytes: from the system, each would take ten times as long.
  return beginning + counts[count] + randomUUID().slice(18);
};

/**
 * The same identifier for the same origin and number, another for any other. Of an origin that `newId` made it keeps the place in the
 * order; at most 4096 of these differ within their first 18 characters.
 */
export const derivedId = (origin: string, number: number): string => {
  if (origin[14] !== '7' || number > most) return v5(String(number), origin);
  return `${origin.slice(0, 14)}8${counts[Number.parseInt(origin.slice(15, 18), 16) ^ number]}${origin.slice(18)}`;
};
