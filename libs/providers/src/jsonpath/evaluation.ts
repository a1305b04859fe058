import type { RE2JS } from 're2js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import {
  type Argument,
  type Comparable,
  type Comparison,
  type FilterQuery,
  type FunctionCall,
  type Logical,
  type Segment,
  type Selector,
  selectorsOf,
  type SingularQuery,
  stepsOf,
} from './ast.js';
import { regexpOf } from './regexp.js';
import { sliced } from './slice.js';

/** The value is too large for what the query asks of it. */
export class PathTooCostly extends Error {
  override readonly name = 'PathTooCostly';
}

/** A value, or nothing at all. */
type Maybe = Json | undefined;

const isArray = (value: Maybe): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Maybe): value is JsonObject =>
  typeof value === 'object' && value !== null && !isArray(value);

const childrenOf = (value: Json): readonly Json[] =>
  isArray(value) ? value : isObject(value) ? Object.values(value) : [];

const memberOf = (value: Json, name: string): Maybe =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

const elementOf = (value: Json, index: number): Maybe => (isArray(value) ? value.at(index) : undefined);

/** As Unicode orders them, which is not how UTF-16 does. */
const isBefore = (left: Maybe, right: Maybe): boolean => {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  return Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
};

const lengthOf = (value: Maybe): Maybe => {
  if (typeof value === 'string') return Array.from(value).length;
  return isArray(value) || isObject(value) ? childrenOf(value).length : undefined;
};

/** Steps to look at all of a value, but not into it. */
const weightOf = (value: Maybe): number => {
  if (typeof value === 'string') return value.length >> 5;
  return isObject(value) ? Object.keys(value).length >> 2 : 0;
};

/** One query applied to one value. Everything that is looked at takes a step, and there are only so many. */
export class Evaluation {
  private readonly regexps = new Map<string, RE2JS | undefined>();

  constructor(
    private readonly root: Json,
    private left: number,
  ) {}

  query({ segments }: { readonly segments: readonly Segment[] }, from: Json): readonly Json[] {
    let nodes: readonly Json[] = [from];
    for (const segment of segments) {
      const next: Json[] = [];
      for (const node of nodes) this.apply(segment, node, next);
      nodes = next;
    }
    return nodes;
  }

  private step(cost = 1): void {
    this.left -= cost;
    if (this.left < 0) throw new PathTooCostly('the value is too large for this path');
  }

  private apply(segment: Segment, node: Json, into: Json[]): void {
    for (const selector of selectorsOf(segment)) this.select(selector, node, into);
    if (segment.type !== 'DescendantSegment') return;
    for (const child of childrenOf(node)) this.apply(segment, child, into);
  }

  private select(selector: Selector, node: Json, into: Json[]): void {
    this.step();
    switch (selector.type) {
      case 'NameSelector':
      case 'MemberNameShorthand':
        return this.add([memberOf(node, selector.value)], into);
      case 'IndexSelector':
        return this.add([elementOf(node, selector.value)], into);
      case 'SliceSelector':
        return this.add(isArray(node) ? sliced(node, selector) : [], into);
      case 'WildcardSelector':
        return this.add(childrenOf(node), into);
      case 'FilterSelector':
        for (const child of childrenOf(node)) if (this.holds(selector.value, child)) this.add([child], into);
    }
  }

  private add(found: readonly Maybe[], into: Json[]): void {
    for (const one of found) {
      this.step();
      if (one !== undefined) into.push(one);
    }
  }

  private holds(logical: Logical, node: Json): boolean {
    this.step();
    switch (logical.type) {
      case 'LogicalOrExpr':
        return this.holds(logical.left, node) || this.holds(logical.right, node);
      case 'LogicalAndExpr':
        return this.holds(logical.left, node) && this.holds(logical.right, node);
      case 'LogicalNotExpr':
        return !this.holds(logical.expression, node);
      case 'ComparisonExpr':
        return this.compares(logical, node);
      case 'TestExpr': {
        const test = logical.expression;
        return test.type === 'FilterQuery' ? this.nodes(test, node).length > 0 : this.matches(test, node);
      }
    }
  }

  private compares({ left, right, op }: Comparison, node: Json): boolean {
    const [one, other] = [this.comparable(left, node), this.comparable(right, node)];
    this.step(weightOf(one) + weightOf(other));
    switch (op) {
      case '==':
        return this.same(one, other);
      case '!=':
        return !this.same(one, other);
      case '<':
        return isBefore(one, other);
      case '>':
        return isBefore(other, one);
      case '<=':
        return isBefore(one, other) || this.same(one, other);
      case '>=':
        return isBefore(other, one) || this.same(one, other);
    }
  }

  private comparable(comparable: Comparable, node: Json): Maybe {
    switch (comparable.type) {
      case 'Literal':
        return comparable.value;
      case 'FunctionExpr':
        return this.called(comparable, node);
      case 'RelSingularQuery':
      case 'AbsSingularQuery':
        return this.one(comparable, node);
    }
  }

  private one(query: SingularQuery, node: Json): Maybe {
    let at: Maybe = query.type === 'AbsSingularQuery' ? this.root : node;
    for (const step of stepsOf(query)) {
      this.step();
      if (at === undefined) return undefined;
      at = typeof step === 'number' ? elementOf(at, step) : memberOf(at, step);
    }
    return at;
  }

  private same(one: Maybe, other: Maybe): boolean {
    this.step();
    if (one === other) return true;
    if (isArray(one))
      return (
        isArray(other) && one.length === other.length && one.every((item, at) => this.same(item, other[at]))
      );
    if (!isObject(one) || !isObject(other)) return false;
    this.step(weightOf(one) + weightOf(other));
    const members = Object.entries(one);
    return (
      members.length === Object.keys(other).length &&
      members.every(([name, value]) => Object.hasOwn(other, name) && this.same(value, other[name]))
    );
  }

  private nodes({ value: query }: FilterQuery, node: Json): readonly Json[] {
    return this.query(query, query.type === 'JsonPathQuery' ? this.root : node);
  }

  private called({ name, arguments: [first] }: FunctionCall, node: Json): Maybe {
    if (name === 'length') return this.length(this.argument(first as Argument, node));
    const nodes = this.nodes(first as FilterQuery, node);
    if (name === 'count') return nodes.length;
    return nodes.length === 1 ? nodes[0] : undefined;
  }

  private length(value: Maybe): Maybe {
    this.step(weightOf(value));
    return lengthOf(value);
  }

  private argument(argument: Argument, node: Json): Maybe {
    if (argument.type === 'Literal') return argument.value;
    if (argument.type === 'FilterQuery') return this.nodes(argument, node)[0];
    return argument.type === 'FunctionExpr' ? this.called(argument, node) : undefined;
  }

  private matches({ name, arguments: [first, second] }: FunctionCall, node: Json): boolean {
    const text = this.argument(first as Argument, node);
    const pattern = this.argument(second as Argument, node);
    if (typeof text !== 'string' || typeof pattern !== 'string') return false;
    const regexp = this.regexp(pattern);
    if (!regexp) return false;
    this.step(Math.ceil((text.length * regexp.programSize()) / 4));
    return name === 'match' ? regexp.matches(text) : regexp.matcher(text).find();
  }

  private regexp(pattern: string): RE2JS | undefined {
    if (!this.regexps.has(pattern)) {
      const regexp = regexpOf(pattern);
      this.step(regexp ? regexp.programSize() : pattern.length);
      this.regexps.set(pattern, regexp);
    }
    return this.regexps.get(pattern);
  }
}
