import type { Json, JsonObject } from '#libs/kernel/src/json.js';

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a parsed value, and where in it. */
export interface Oddity {
  readonly words: string;
  /** From the inside out. */
  readonly path: string[];
}

const odd = (words: string): Oddity => ({ words, path: [] });

const oddText = (text: string): Oddity | undefined =>
  text.isWellFormed() ? undefined : odd('is not valid Unicode');

const oddMember = (key: string, value: unknown, depth: number): Oddity | undefined => {
  if (key === '__proto__') return odd('is not acceptable as a name');
  return oddText(key) ?? oddityOf(value, depth);
};

const oddInside = (value: object, depth: number): Oddity | undefined => {
  for (const key of Object.keys(value)) {
    const oddity = oddMember(key, (value as Record<string, unknown>)[key], depth);
    if (!oddity) continue;
    oddity.path.push(key.toWellFormed().slice(0, 80));
    return oddity;
  }
  return undefined;
};

/** Finds what could not be kept as it is: nesting deeper than `depth`, `__proto__`, halves of characters, infinite numbers. */
export const oddityOf = (value: unknown, depth: number): Oddity | undefined => {
  if (typeof value === 'string') return oddText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : odd('is not a finite number');
  if (typeof value !== 'object' || value === null) return undefined;
  return depth === 0 ? odd('is nested too deeply') : oddInside(value, depth - 1);
};

/** An object that takes every key for its own, whatever a prototype calls by that name. */
export const objectOf = (entries: Iterable<readonly [string, Json]>): JsonObject =>
  Object.fromEntries(entries) as JsonObject;
