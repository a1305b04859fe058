import fc from 'fast-check';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { names, queries, values } from '#test/support/vars-queries.js';
import { compile, matches } from './vars-match.policy.js';
import { type Condition, type Expression, isCondition, type Path, type Step } from './vars-query.policy.js';
import { parseVarsQuery } from './vars-query.js';

const kindOf = (value: Json): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

const listOf = (value: Json): Json[] => (kindOf(value) === 'array' ? [...(value as Json[])] : []);
const membersOf = (value: Json): [string, Json][] =>
  kindOf(value) === 'object' ? Object.entries(value as JsonObject) : [];

const taken = (step: Step, value: Json): Json[] => {
  if (step.type === 'elements') return listOf(value);
  if (step.type === 'element') return listOf(value).filter((_, index) => index === step.index);
  return membersOf(value)
    .filter(([name]) => step.type === 'members' || name === step.name)
    .map(([, member]) => member);
};

/** The README's sentences, one by one, without a thought of speed. */
const selected = (path: Path, value: Json): Json[] => {
  const found = path.steps.reduce<Json[]>(
    (before, step) => before.flatMap((each) => taken(step, each)),
    [value],
  );
  const wild = path.steps.some(({ type }) => type.endsWith('s'));
  return wild && found.length > 0 ? [found] : found;
};

const contains = (whole: Json, part: Json): boolean => {
  if (kindOf(whole) === 'array') {
    return kindOf(part) === 'array'
      ? listOf(part).every((wanted) => listOf(whole).some((element) => contains(element, wanted)))
      : listOf(whole).some((element) => contains(element, part));
  }
  if (kindOf(whole) !== kindOf(part)) return false;
  if (kindOf(whole) !== 'object') return whole === part;
  const members = new Map(membersOf(whole));
  return membersOf(part).every(
    ([name, wanted]) => members.has(name) && contains(members.get(name) as Json, wanted),
  );
};

const elementsOf = (value: Json): Json[] =>
  kindOf(value) === 'array' ? listOf(value).flatMap(elementsOf) : [value];

const codePoints = (text: string): number[] =>
  Array.from(text, (character) => character.codePointAt(0) as number);

const sign = (left: Json, right: Json): number => {
  if (typeof left === 'number' && typeof right === 'number') return Math.sign(left - right);
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN;
  const [a, b] = [codePoints(left), codePoints(right)];
  const at = a.findIndex((unit, index) => unit !== b[index]);
  if (at < 0) return Math.sign(a.length - b.length);
  return at >= b.length ? 1 : Math.sign((a[at] as number) - (b[at] as number));
};

const signs: Record<string, number[]> = { '<': [-1], '<=': [-1, 0], '>': [1], '>=': [0, 1] };

const holds = (condition: Condition, value: Json): boolean => {
  switch (condition.type) {
    case 'exists':
      return true;
    case 'contains':
      return contains(value, condition.value);
    case 'differs':
      return !contains(value, condition.value);
    case 'among':
      return condition.values.some((wanted) => contains(value, wanted));
    case 'prefix':
      return elementsOf(value).some((each) => typeof each === 'string' && each.indexOf(condition.text) === 0);
    case 'compares':
      return elementsOf(value).some((each) => signs[condition.order]?.includes(sign(each, condition.value)));
  }
};

const naive = (expression: Expression, variables: ReadonlyMap<string, Json>): boolean => {
  if (isCondition(expression)) {
    const value = variables.get(expression.path.key);
    return value !== undefined && selected(expression.path, value).some((each) => holds(expression, each));
  }
  if (expression.type === 'not') return !naive(expression.of, variables);
  const parts = expression.of.map((part) => naive(part, variables));
  return expression.type === 'all' ? !parts.includes(false) : parts.includes(true);
};

const variables = fc.array(fc.tuple(names, values(4))).map((entries) => new Map(entries));

describe('the variables of one resource', () => {
  it('satisfy a query when the README says so', () => {
    const answers = new Set<boolean>();
    fc.assert(
      fc.property(queries, variables, (query, known) => {
        const answer = naive(query.expression, known);
        answers.add(answer);
        expect(matches(query, (key) => known.get(key))).toBe(answer);
      }),
      { numRuns: 3000 },
    );
    expect(answers.size).toBe(2);
  });

  it('are asked for only under the keys of the query', () => {
    const asked = new Set<string>();
    compile(parseVarsQuery('a:1 or not b.x exists, c in [2]'))((key) => {
      asked.add(key);
      return 1;
    });
    expect([...asked].filter((key) => !['a', 'b', 'c'].includes(key))).toEqual([]);
  });

  it.each([
    ['a.constructor exists', {}],
    ['a.__proto__ exists', {}],
    ['a.length exists', 'text'],
    ['a.length exists', [1]],
    ['a[0] exists', 'text'],
    ['a.*:1', [1]],
    ['a[*]:1', { x: 1 }],
    ['a:{}', []],
    ['a:[]', {}],
    ['a:[1]', 1],
  ] as [string, Json][])('do not satisfy %s with %j', (query, value) => {
    expect(matches(parseVarsQuery(query), () => value)).toBe(false);
  });

  it('may nest deeper than any stack', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}7${']'.repeat(5000)}`) as Json;
    let deeper = deep;
    for (let i = 0; i < 200_000; i++) deeper = [deeper];
    expect(matches(parseVarsQuery('a:7 and a > 6 and a in [1,7] and not a prefix "x"'), () => deeper)).toBe(
      true,
    );
  });
});
