import { randomFillSync } from 'node:crypto';
import { v5 } from 'uuid';

/** What one millisecond has room for. */
const most = 0xfff;

let millisecond = 0;
let count = 0;
/** The last one, in ASCII: of the next one of a millisecond the beginning is there already. */
const text = Buffer.alloc(36, '-');
const digits = Buffer.from('0123456789abcdef');
/** From the system, the bytes of each one by itself would take ten times as long. */
const chance = Buffer.alloc(4096);
let used = chance.length;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const counts = Array.from({ length: most + 1 }, (_, value) => hex(value, 3));

const writeDigits = (byte: number, at: number): void => {
  text[at] = digits[byte >> 4]!;
  text[at + 1] = digits[byte & 15]!;
};

const writeTime = (): void => {
  const time = hex(millisecond, 12);
  text.write(`${time.slice(0, 8)}-${time.slice(8)}-7`, 'latin1');
};

const writeChance = (): void => {
  if (used === chance.length) {
    randomFillSync(chance);
    used = 0;
  }
  writeDigits(0x80 | (chance[used]! & 0x3f), 19);
  writeDigits(chance[used + 1]!, 21);
  for (let byte = 2; byte < 8; byte += 1) writeDigits(chance[used + byte]!, 20 + 2 * byte);
  used += 8;
};

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
    writeTime();
  }
  text[15] = digits[count >> 8]!;
  writeDigits(count & 0xff, 16);
  writeChance();
  return text.toString('latin1');
};

/**
 * The same identifier for the same origin and number, another for any other. Of an origin that `newId` made it keeps the place in the
 * order; at most 4096 of these differ within their first 18 characters.
 */
export const derivedId = (origin: string, number: number): string => {
  if (origin[14] !== '7' || number > most) return v5(String(number), origin);
  return `${origin.slice(0, 14)}8${counts[Number.parseInt(origin.slice(15, 18), 16) ^ number]}${origin.slice(18)}`;
};
