import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { type Binding, type BindingAsked, failureWays, limits } from '#libs/providers/src/binding.js';
import type { Providers } from '#libs/providers/src/providers.js';
import type { BindingsAsked } from './variable-providers.bodies.js';

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWithin = (value: unknown, { least, most }: { readonly least: number; readonly most: number }) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const ways: readonly unknown[] = failureWays;

type Rule = readonly [fits: (value: unknown) => boolean, message: string];

const between = ({ least, most }: { readonly least: number; readonly most: number }): Rule => [
  (value) => value === undefined || isWithin(value, { least, most }),
  `must be a whole number from ${least} to ${most}`,
];

const rules: Readonly<Record<keyof Binding, Rule>> = {
  provider: [(value) => typeof value === 'string', 'must be the name of a provider'],
  settings: [isObject, 'must be an object'],
  path: [(value) => value === undefined || typeof value === 'string', 'must be a JSONPath'],
  timeout_ms: between(limits.timeout_ms),
  cache_seconds: between(limits.cache_seconds),
  on_failure: [
    (value) => value === undefined || ways.includes(value),
    `must be one of ${failureWays.join(', ')}`,
  ],
};

const faultsOf = (asked: object): readonly Violation[] => {
  const strangers = Object.keys(asked).filter((member) => !Object.hasOwn(rules, member));
  const wrong = Object.entries(rules)
    .filter(([member, [fits]]) => !fits((asked as Readonly<Record<string, unknown>>)[member]))
    .map(([member, [, message]]) => ({ member, message }));
  return [...strangers.map((member) => ({ member, message: 'is not known here' })), ...wrong];
};

const checked = (providers: Providers, asked: object, projectId: string): Binding | readonly Violation[] => {
  const faults = faultsOf(asked);
  if (faults.length > 0) return faults;
  try {
    return providers.checked(asked as BindingAsked, projectId);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'validation-failed') return error.violations;
    throw error;
  }
};

/** Bindings as they will be stored. Throws `validation-failed` with every member of every key that does not fit. */
export const demandBindings = (
  providers: Providers,
  asked: BindingsAsked,
  projectId: string,
): Readonly<Record<string, Json>> => {
  const all = Object.entries(asked).map(([key, one]) => [key, checked(providers, one, projectId)] as const);
  const violations = all.flatMap(([key, result]) =>
    Array.isArray(result)
      ? (result as readonly Violation[]).map(({ member, message }) => ({
          member: `${key}.${member}`,
          message,
        }))
      : [],
  );
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'a binding does not fit its provider', { violations });
  return Object.fromEntries(all) as unknown as Readonly<Record<string, Json>>;
};
