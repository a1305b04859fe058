import { setImmediate as othersTurn } from 'node:timers/promises';
import type { KeyRing, Sealed } from '#libs/platform/src/sealing/key-ring.js';
import type { Seen } from './memory.js';

/** What was kept and is of no use; the message goes on after the name of the file. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export interface KeptLines {
  /** What was seen last of each, in the order in which it was written. */
  readonly values: ReadonlyMap<string, Seen>;
  /** Whether it is to be written anew: a line was cut off, or is under an old key. */
  readonly isOutdated: boolean;
}

type Written = readonly (readonly [key: string, at: number, text: string])[];

const context = 'values of providers 1';
/** Characters of values that are sealed together. */
const together = 64 * 1024;

function* batchesOf(values: readonly (readonly [string, Seen])[]): Generator<Written> {
  let batch: (readonly [string, number, string])[] = [];
  let length = 0;
  for (const [key, { text, at }] of values) {
    batch.push([key, at.getTime(), text]);
    length += key.length + text.length;
    if (length < together) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Lines of a file, each some values together under a seal. */
export function* linesOf(values: readonly (readonly [string, Seen])[], ring: KeyRing): Generator<string> {
  for (const batch of batchesOf(values))
    yield `${JSON.stringify(ring.seal(JSON.stringify(batch), context))}\n`;
}

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' &&
  value !== null &&
  ['key', 'nonce', 'sealed'].every(
    (member) => typeof (value as Record<string, unknown>)[member] === 'string',
  );

const sealIn = (line: string): Sealed => {
  try {
    const sealed: unknown = JSON.parse(line);
    if (isSealed(sealed)) return sealed;
  } catch {
    // Told below.
  }
  throw new Unreadable('is damaged');
};

const opened = (sealed: Sealed, ring: KeyRing): Written => {
  if (!ring.has(sealed.key))
    throw new Unreadable(`is sealed with key ${JSON.stringify(sealed.key)}, which is not at hand`);
  const text = ring.open(sealed, context);
  if (text === undefined) throw new Unreadable('is damaged');
  return JSON.parse(text) as Written;
};

/** Throws `Unreadable`, unless it is only the last line that is not whole. */
export const readLines = async (text: string, ring: KeyRing): Promise<KeptLines> => {
  const lines = text.split('\n');
  let isOutdated = lines.pop() !== '';
  const values = new Map<string, Seen>();
  for (const line of lines) {
    const sealed = sealIn(line);
    isOutdated ||= !ring.isCurrent(sealed.key);
    for (const [key, at, value] of opened(sealed, ring)) {
      values.delete(key);
      values.set(key, { text: value, at: new Date(at) });
    }
    await othersTurn();
  }
  return { values, isOutdated };
};
