import { isUtf8 } from 'node:buffer';
import { repeatedMember } from '#libs/interchange/src/json-members.js';
import { jsonErrorAt } from '#libs/interchange/src/json-position.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';

const maxDepth = 32;
const control = /\p{Cc}/u;

export const isVariableKey = (key: string): boolean =>
  key.length >= 1 && key.length <= 255 && key !== '__proto__' && key.isWellFormed() && !control.test(key);

interface Oddity {
  readonly message: string;
  /** From the inside out. */
  readonly path: string[];
}

const odd = (message: string): Oddity => ({ message, path: [] });

const oddityOf = (value: unknown, depth: number): Oddity | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : odd('must be valid Unicode');
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : odd('must be a finite number');
  if (!isObject(value)) return undefined;
  if (depth === maxDepth) return odd(`must not be nested deeper than ${maxDepth} levels`);
  return oddityInside(value, depth);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** By these names an object's prototype is reached where somebody copies its members without care. */
const forbiddenIn = (value: object): string | undefined => {
  if (Object.hasOwn(value, '__proto__')) return '__proto__';
  const own = Object.hasOwn(value, 'constructor') && (value as { constructor: unknown }).constructor;
  return isObject(own) && Object.hasOwn(own, 'prototype') ? 'constructor.prototype' : undefined;
};

const oddityInside = (value: object, depth: number): Oddity | undefined => {
  const forbidden = forbiddenIn(value);
  if (forbidden) return odd(`has a member that no object may have: ${forbidden}`);
  for (const [key, member] of Object.entries(value)) {
    const oddity = key.isWellFormed()
      ? oddityOf(member, depth + 1)
      : odd('must have a name of valid Unicode');
    if (oddity) {
      oddity.path.push(key.toWellFormed());
      return oddity;
    }
  }
  return undefined;
};

const refused = (member: string, message: string) =>
  new DomainError(
    'validation-failed',
    `the body ${member === '' ? message : `is not acceptable: ${message}`}`,
    {
      violations: [{ member, message }],
    },
  );

/**
 * JSON can say things that could not be kept as they are: endless nesting, numbers beyond the finite, halves of characters, members
 * that are no object's own.
 * Answers `validation-failed` for them, null for everything else.
 */
export const unstorable = (value: unknown): DomainError | null => {
  const oddity = oddityOf(value, 0);
  if (!oddity) return null;
  const member = oddity.path.toReversed().join('.');
  return refused(member, oddity.message);
};

const placeIn = (text: string, at: number): string => {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
};

const spoiltAt = (text: string): DomainError => {
  // V8 would quote the text, and with it secrets.
  const at = jsonErrorAt(text) ?? text.length;
  const tooEarly = at >= text.trimEnd().length;
  return refused(
    '',
    `must be JSON: ${tooEarly ? 'it ends too early' : `it is none at ${placeIn(text, at)}`}`,
  );
};

/** The parser keeps the last one of several members of one name, which may not be the one that was meant. */
const repeatedIn = (text: string, value: unknown): DomainError | null => {
  const found = repeatedMember(text, value as Json);
  if (!found) return null;
  const name = found.name.slice(0, 80).toWellFormed();
  const message = `comes twice in one object: again at ${placeIn(text, found.at)}`;
  return new DomainError(
    'validation-failed',
    `the body is not acceptable: ${JSON.stringify(name)} ${message}`,
    {
      violations: [{ member: name, message }],
    },
  );
};

/**
 * What the bytes of a body say; `validation-failed` for what is no JSON, has a member twice in one object, or could not be kept as
 * it is.
 */
export const readJson = (body: Buffer): unknown => {
  if (!isUtf8(body)) return refused('', 'must be UTF-8');
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return spoiltAt(text);
  }
  return unstorable(value) ?? repeatedIn(text, value) ?? value;
};
