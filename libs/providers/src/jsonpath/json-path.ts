import parse from 'jsonpath-rfc9535/parser';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { isSingular, type Query } from './ast.js';
import { Evaluation } from './evaluation.js';
import { demandWellTyped } from './well-typed.js';

const longestPath = 1000;
const deepestPath = 16;
const deepestCall = 3;

/** Of an answer of 1 MiB every value can be looked at; what explodes is stopped, always at the same place. */
const steps = 200_000;

const refused = (message: string): DomainError =>
  new DomainError('validation-failed', `the path ${message}`, { violations: [{ member: 'path', message }] });

/** How deep brackets, parentheses and calls of functions lie in each other, outside of strings: what the parser goes down for. */
const depthOf = (path: string): { readonly all: number; readonly calls: number } => {
  const open: string[] = [];
  const deepest = { all: 0, calls: 0 };
  for (const [token] of path.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[a-z]\w*\(|[[\]()]/gs)) {
    if (/[\])]$/.test(token)) open.pop();
    if (!/[[(]$/.test(token)) continue;
    open.push(token);
    deepest.all = Math.max(deepest.all, open.length);
    deepest.calls = Math.max(deepest.calls, open.filter((one) => one.length > 1).length);
  }
  return deepest;
};

const demandFlat = (path: string): void => {
  const { all, calls } = depthOf(path);
  if (all > deepestPath) throw refused(`must not be nested deeper than ${deepestPath} levels`);
  // The parser tries every way to read a call again for each one around it: three times the time a level.
  if (calls > deepestCall) throw refused(`must not call functions within more than ${deepestCall} others`);
};

const parsed = (path: string): Query => {
  try {
    return parse(path);
  } catch (error) {
    const { location } = error as { location?: { start: { column: number } } };
    const where = location ? ` at column ${location.start.column}` : '';
    throw refused(`is not a JSONPath of RFC 9535${where}`);
  }
};

/** An RFC 9535 query whose cost is bounded: by its length and nesting when it is read, by counted steps when it is applied. */
export class JsonPath {
  private readonly query: Query;
  private readonly singular: boolean;

  /** Refuses with `validation-failed` what is not a query, or is too long or too deep. */
  constructor(path: string) {
    if (path.length > longestPath) throw refused(`must not be longer than ${longestPath} characters`);
    demandFlat(path);
    this.query = parsed(path);
    demandWellTyped(this.query, refused);
    this.singular = isSingular(this.query);
  }

  /** All values that it selects, in order. Throws a `PathTooCostly` for a value that would take too long to search. */
  all(value: Json): readonly Json[] {
    return new Evaluation(value, steps).query(this.query, value);
  }

  /** The one value of a query that can select only one, undefined when there is none; of every other query a list. */
  read(value: Json): Json | undefined {
    const found = this.all(value);
    return this.singular ? found[0] : found;
  }
}
