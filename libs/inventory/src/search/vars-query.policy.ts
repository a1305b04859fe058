import type { Json } from '#libs/kernel/src/json.js';

/** One step into a variable's value. `members` and `elements` are wildcards: every member of an object, every element of an array. */
export type Step =
  | { readonly type: 'member'; readonly name: string }
  | { readonly type: 'members' }
  | { readonly type: 'element'; readonly index: number }
  | { readonly type: 'elements' };

export interface Path {
  /** The variable: the path's first leg. */
  readonly key: string;
  readonly steps: readonly Step[];
}

export type Order = '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly type: 'contains' | 'differs'; readonly path: Path; readonly value: Json }
  | { readonly type: 'among'; readonly path: Path; readonly values: readonly Json[] }
  | {
      readonly type: 'compares';
      readonly path: Path;
      readonly order: Order;
      readonly value: number | string;
    }
  | { readonly type: 'exists'; readonly path: Path }
  | { readonly type: 'prefix'; readonly path: Path; readonly text: string };

/** In normal form when made by `all`, `any` and `not`: no `all` directly in an `all`, no `any` in an `any`, no `not` in a `not`. */
export type Expression = Condition | Logic;

type Logic =
  | { readonly type: 'all' | 'any'; readonly of: readonly Expression[] }
  | { readonly type: 'not'; readonly of: Expression };

/** What is asked of a resource's variables. Immutable, so that it may be cached and shared. */
export interface VarsQuery {
  readonly expression: Expression;
  /** Every variable that the answer depends on, each once, in the order of the text. */
  readonly keys: readonly string[];
}

const joined = (type: 'all' | 'any', parts: readonly Expression[]): Expression => {
  const of = parts.flatMap((part) => (part.type === type ? part.of : [part]));
  return of.length === 1 ? (of[0] as Expression) : { type, of };
};

export const all = (parts: readonly Expression[]): Expression => joined('all', parts);
export const any = (parts: readonly Expression[]): Expression => joined('any', parts);
export const not = (part: Expression): Expression =>
  part.type === 'not' ? part.of : { type: 'not', of: part };

export const isCondition = (expression: Expression): expression is Condition => 'path' in expression;

/** Every condition of the expression, in the order of the text. */
export const conditionsOf = (expression: Expression): readonly Condition[] => {
  if (isCondition(expression)) return [expression];
  return expression.type === 'not' ? conditionsOf(expression.of) : expression.of.flatMap(conditionsOf);
};

const frozen = <T>(value: T): T => {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
};

export const varsQuery = (expression: Expression): VarsQuery =>
  frozen({ expression, keys: [...new Set(conditionsOf(expression).map(({ path }) => path.key))] });

/** The variables whose values must be known to evaluate the query. */
export const keysOf = (query: VarsQuery): readonly string[] => query.keys;
