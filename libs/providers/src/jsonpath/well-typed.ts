import {
  type Argument,
  argumentsOf,
  type Comparable,
  type FunctionCall,
  isSingular,
  type Logical,
  type Segment,
  type Selector,
  selectorsOf,
  stepsOf,
  type Test,
} from './ast.js';
import { regexpOf } from './regexp.js';

interface Signature {
  readonly takes: readonly ('value' | 'nodes')[];
  readonly gives: 'value' | 'logical';
}

const functions: Readonly<Record<string, Signature>> = {
  length: { takes: ['value'], gives: 'value' },
  count: { takes: ['nodes'], gives: 'value' },
  value: { takes: ['nodes'], gives: 'value' },
  match: { takes: ['value', 'value'], gives: 'logical' },
  search: { takes: ['value', 'value'], gives: 'logical' },
};

/** Makes the error for what is wrong with a query. */
export type Refuse = (message: string) => Error;

/** What RFC 9535 asks of a query beyond its grammar: functions and their arguments, and numbers that are exact. */
class WellTyped {
  constructor(private readonly refuse: Refuse) {}

  segments(segments: readonly Segment[]): void {
    for (const selector of segments.flatMap(selectorsOf)) this.selector(selector);
  }

  private selector(selector: Selector): void {
    switch (selector.type) {
      case 'IndexSelector':
        return this.exact(selector.value);
      case 'SliceSelector':
        return [selector.start, selector.end, selector.step].forEach((number) => this.exact(number ?? 0));
      case 'FilterSelector':
        return this.logical(selector.value);
      case 'NameSelector':
      case 'MemberNameShorthand':
      case 'WildcardSelector':
        return undefined;
    }
  }

  private exact(number: number): void {
    if (!Number.isSafeInteger(number)) throw this.refuse('has a number that is too large');
  }

  private logical(logical: Logical): void {
    switch (logical.type) {
      case 'LogicalOrExpr':
      case 'LogicalAndExpr':
        this.logical(logical.left);
        return this.logical(logical.right);
      case 'LogicalNotExpr':
        return this.logical(logical.expression);
      case 'ComparisonExpr':
        this.comparable(logical.left);
        return this.comparable(logical.right);
      case 'TestExpr':
        return this.test(logical.expression);
    }
  }

  private test(test: Test): void {
    if (test.type === 'FilterQuery') return this.segments(test.value.segments);
    return this.call(test, 'logical');
  }

  private comparable(comparable: Comparable): void {
    if (comparable.type === 'FunctionExpr') this.call(comparable, 'value');
    if (comparable.type !== 'RelSingularQuery' && comparable.type !== 'AbsSingularQuery') return;
    for (const step of stepsOf(comparable)) if (typeof step === 'number') this.exact(step);
  }

  private call(call: FunctionCall, wanted: Signature['gives']): void {
    const { name } = call;
    const given = argumentsOf(call);
    const signature = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!signature) throw this.refuse(`calls ${name}, which is not a function`);
    const { takes, gives } = signature;
    if (gives !== wanted) throw this.refuse(`uses ${name}() where its result does not fit`);
    if (given.length !== takes.length)
      throw this.refuse(`calls ${name}() without its ${takes.length} arguments`);
    takes.forEach((kind, index) => this.argument(name, kind, given[index] as Argument));
    const [, pattern] = given;
    if (pattern?.type === 'Literal' && typeof pattern.value === 'string' && !regexpOf(pattern.value))
      throw this.refuse(
        `calls ${name}() with what is not a regular expression of RFC 9485, or too long a one`,
      );
  }

  private argument(name: string, kind: 'value' | 'nodes', argument: Argument): void {
    if (argument.type === 'FilterQuery') {
      this.segments(argument.value.segments);
      if (kind === 'nodes' || isSingular(argument.value)) return;
    } else if (kind === 'value' && argument.type === 'FunctionExpr') {
      return this.call(argument, 'value');
    } else if (kind === 'value' && argument.type === 'Literal') {
      return;
    }
    throw this.refuse(`calls ${name}() with an argument that does not fit`);
  }
}

/** Throws what `refuse` makes of the first thing that is wrong. */
export const demandWellTyped = (query: { readonly segments: readonly Segment[] }, refuse: Refuse): void =>
  new WellTyped(refuse).segments(query.segments);
