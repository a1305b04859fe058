import fc from 'fast-check';
import type { Json } from '#libs/kernel/src/json.js';
import {
  all,
  any,
  type Condition,
  type Expression,
  not,
  type Path,
  type Step,
  varsQuery,
} from '#libs/inventory/src/search/vars-query.policy.js';

/** Names and values are few, so that queries and variables meet often. */
export const names: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'c-d',
  'not',
  'é',
  '$',
  'v3.0',
  '',
  '__proto__',
  '"',
  '\ud800',
);

const scalars: fc.Arbitrary<Json> = fc.constantFrom(
  null,
  true,
  0,
  1,
  2.5,
  -1e30,
  '',
  '1',
  'ab',
  'a',
  '\uffff',
  '😀',
);

/** JSON that is at most `depth` deep. */
export const values = (depth: number): fc.Arbitrary<Json> => {
  if (depth === 0) return scalars;
  const inner = values(depth - 1);
  const members = fc
    .array(fc.tuple(names, inner), { maxLength: 3 })
    .map((list) => Object.fromEntries(list) as Json);
  return fc.oneof(scalars, members, fc.array(inner, { maxLength: 3 }));
};

const indexes: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step[]>([]) },
  fc.nat(2).map((index): Step[] => [{ type: 'element', index }]),
  fc.constant<Step[]>([{ type: 'elements' }]),
);
const legs: fc.Arbitrary<Step> = fc.oneof(
  names.map((name): Step => ({ type: 'member', name })),
  fc.constant<Step>({ type: 'members' }),
);
const legWithIndex = fc.tuple(legs, indexes).map(([leg, index]) => [leg, ...index]);

const paths: fc.Arbitrary<Path> = fc
  .record({ key: names, first: indexes, rest: fc.array(legWithIndex, { maxLength: 2 }) })
  .map(({ key, first, rest }) => ({ key, steps: [...first, ...rest.flat()] }));

const bounds = fc.constantFrom<(number | string)[]>(0, 1, 2.5, '', '1', 'ab', '\uffff', '😀');

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    type: fc.constantFrom('contains' as const, 'differs' as const),
    path: paths,
    value: values(2),
  }),
  fc.record({
    type: fc.constant('among' as const),
    path: paths,
    values: fc.array(values(1), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('compares' as const),
    path: paths,
    order: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: bounds,
  }),
  fc.record({ type: fc.constant('exists' as const), path: paths }),
  fc.record({
    type: fc.constant('prefix' as const),
    path: paths,
    text: fc.constantFrom('', 'a', '1', '😀'),
  }),
);

const expressions = (depth: number): fc.Arbitrary<Expression> => {
  if (depth === 0) return conditions;
  const inner = expressions(depth - 1);
  const several = fc.array(inner, { minLength: 1, maxLength: 3 });
  return fc.oneof(conditions, several.map(all), several.map(any), inner.map(not));
};

export const queries = expressions(3).map(varsQuery);
