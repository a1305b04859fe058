import type { Json } from '#libs/kernel/src/json.js';
import { contains, containsAny, someScalar } from './containment.policy.js';
import { selector } from './selection.policy.js';
import { type Condition, type Expression, isCondition } from './vars-query.policy.js';
import type { Order, VarsQuery } from './vars-query.policy.js';

export type Test<T> = (subject: T) => boolean;
export type ValueOf = (key: string) => Json | undefined;

/** UTF-16 units order as code points do once the surrogates are moved behind the rest. */
const rank = (unit: number): number => {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
};

const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

const holds: Readonly<Record<Order, Test<number>>> = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
};

const comparison = (order: Order, bound: number | string): Test<Json> => {
  const test = holds[order];
  return typeof bound === 'number'
    ? (value) => typeof value === 'number' && test(value - bound)
    : (value) => typeof value === 'string' && test(compareText(value, bound));
};

const testOf = (condition: Condition): Test<Json> => {
  switch (condition.type) {
    case 'contains':
      return contains(condition.value);
    case 'differs': {
      const same = contains(condition.value);
      return (selected) => !same(selected);
    }
    case 'among':
      return containsAny(condition.values);
    case 'compares':
      return someScalar(comparison(condition.order, condition.value));
    case 'prefix':
      return someScalar((value) => typeof value === 'string' && value.startsWith(condition.text));
    case 'exists':
      return () => true;
  }
};

/** Whether a variable's value satisfies the condition. Without a value no condition is satisfied. */
export const compileCondition = (condition: Condition): Test<Json> => {
  const select = selector(condition.path.steps);
  const test = testOf(condition);
  return (value) => {
    const selected = select(value);
    return selected !== undefined && test(selected);
  };
};

/** The logic of an expression over whatever tells whether one of its conditions is true. */
export const compileExpression = <T>(
  expression: Expression,
  leaf: (condition: Condition) => Test<T>,
): Test<T> => {
  if (isCondition(expression)) return leaf(expression);
  if (expression.type === 'not') {
    const part = compileExpression(expression.of, leaf);
    return (subject) => !part(subject);
  }
  const parts = expression.of.map((part) => compileExpression(part, leaf));
  return expression.type === 'all'
    ? (subject) => parts.every((part) => part(subject))
    : (subject) => parts.some((part) => part(subject));
};

/** Does the work that depends on the query alone once; pure, never throws. */
export const compile = (query: VarsQuery): Test<ValueOf> =>
  compileExpression(query.expression, (condition) => {
    const test = compileCondition(condition);
    const { key } = condition.path;
    return (valueOf) => {
      const value = valueOf(key);
      return value !== undefined && test(value);
    };
  });

/** Whether the variables satisfy the query; `undefined` means that there is no such variable, null is a value. */
export const matches = (query: VarsQuery, valueOf: ValueOf): boolean => compile(query)(valueOf);
