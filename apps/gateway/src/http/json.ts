import { DomainError } from '#libs/kernel/src/errors.js';

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
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === maxDepth) return odd(`must not be nested deeper than ${maxDepth} levels`);
  return oddityInside(value, depth);
};

const oddityInside = (value: object, depth: number): Oddity | undefined => {
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

/**
 * JSON can say things that could not be kept as they are: endless nesting, numbers beyond the finite, halves of characters.
 * Answers `validation-failed` for them, null for everything else.
 */
export const unstorable = (value: unknown): DomainError | null => {
  const oddity = oddityOf(value, 0);
  if (!oddity) return null;
  return new DomainError('validation-failed', 'the body is not acceptable', {
    violations: [{ member: oddity.path.toReversed().join('.'), message: oddity.message }],
  });
};
