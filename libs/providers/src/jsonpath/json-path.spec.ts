import { readFileSync } from 'node:fs';
import type { Json } from '#libs/kernel/src/json.js';
import { PathTooCostly } from './evaluation.js';
import { JsonPath } from './json-path.js';

interface Compliance {
  readonly name: string;
  readonly selector: string;
  readonly invalid_selector?: boolean;
  readonly document?: Json;
  readonly result?: Json;
  readonly results?: readonly Json[];
}

// The suite of the JSONPath working group, which the parser's package brings along.
const suite = 'node_modules/jsonpath-rfc9535/src/__tests__/jsonpath-compliance-test-suite/cts.json';
const { tests } = JSON.parse(readFileSync(suite, 'utf8')) as { tests: readonly Compliance[] };
const valid = tests.filter(({ invalid_selector: invalid }) => !invalid);
const invalid = tests.filter(({ invalid_selector: isInvalid }) => isInvalid);

describe('a JSONPath', () => {
  it('is tested with the whole suite', () => {
    expect([valid.length, invalid.length]).toEqual([442, 245]);
  });

  it.each(valid.map((test) => [test.name, test] as const))('selects what RFC 9535 says: %s', (_, test) => {
    const found = new JsonPath(test.selector).all(test.document ?? null);
    expect(test.results ?? [test.result]).toContainEqual(found);
  });

  it.each(invalid.map((test) => [test.name, test] as const))(
    'refuses what RFC 9535 refuses: %s',
    (_, test) => {
      expect(() => new JsonPath(test.selector)).toThrow(
        expect.objectContaining({
          code: 'validation-failed',
          violations: [expect.objectContaining({ member: 'path' })],
        }),
      );
    },
  );

  it('reads one value when it can select one only, and a list otherwise', () => {
    const value = { a: [{ b: null }, { b: 2 }] };
    expect(new JsonPath('$').read(value)).toEqual(value);
    expect(new JsonPath("$.a[-1]['b']").read(value)).toBe(2);
    expect(new JsonPath('$.a[0].b').read(value)).toBeNull();
    expect(new JsonPath('$.a[7].b').read(value)).toBeUndefined();
    expect(new JsonPath('$.a[*].b').read(value)).toEqual([null, 2]);
    expect(new JsonPath('$.a[0,1].c').read(value)).toEqual([]);
    expect(new JsonPath('$..b').read(value)).toEqual([null, 2]);
  });

  it('never selects what an object has from its prototype', () => {
    const value = JSON.parse('{"__proto__": {"x": 1}, "y": {}}') as Json;
    expect(new JsonPath('$.__proto__.x').read(value)).toBe(1);
    expect(new JsonPath('$.y.__proto__').read(value)).toBeUndefined();
    expect(new JsonPath('$.y.constructor').read(value)).toBeUndefined();
    expect(new JsonPath('$.y.length').read(value)).toBeUndefined();
  });

  it.each([
    ['too long', `$${'.a'.repeat(500)}`, 'longer than 1000 characters'],
    ['of depth 1,000', `$${'['.repeat(1000)}`, 'longer'],
    ['too deep in brackets', `$${'[?@'.repeat(17)}${']'.repeat(17)}`, 'deeper than 16 levels'],
    ['too deep in parentheses', `$[?${'('.repeat(16)}@.a${')'.repeat(16)}]`, 'deeper than 16 levels'],
    ['with calls in calls', `$[?${'length('.repeat(4)}@.a${'))))'}==1]`, 'call functions within'],
    [
      'with calls in filters of calls',
      `$[?${'count(@[?'.repeat(4)}@.a${'])>0'.repeat(4)}]`,
      'call functions within',
    ],
    // What takes the parser minutes.
    ['with calls that are not closed', `$[?${'length('.repeat(15)}`, 'call functions within'],
    ['not closed', '$.a[', 'at column 5'],
    ['a script', '$[(@.length-1)]', 'at column 3'],
    ['a script in a filter', '$[?(process.exit())]', 'column'],
    ['of an unknown function', "$[?eval('1')==1]", 'calls eval'],
    ["an object's own function", '$[?constructor(@.a)]', 'calls constructor'],
    ['with a regular expression that looks ahead', "$[?match(@.a, '(?=a)b')]", 'not a regular expression'],
    ['with one that refers back', "$[?match(@.a, '(a)\\\\1')]", 'not a regular expression'],
    [
      'with one that grows without bound',
      "$[?match(@.a, '((a{500}){500}){500}')]",
      'not a regular expression',
    ],
  ])('%s is refused', (_, path, words) => {
    expect(() => new JsonPath(path)).toThrow(words);
  });

  it('may call functions in functions, and as many as fit beside each other', () => {
    const value = [{ a: 'xy' }, { a: 'x' }];
    expect(new JsonPath('$[?length(value(@..a)) == 2]').read(value)).toEqual([value[0]]);
    expect(new JsonPath(`$[?${Array(40).fill('length(@.a) == 2').join(' && ')}]`).read(value)).toEqual([
      value[0],
    ]);
    expect(new JsonPath(`$['${'length('.repeat(9)}']`).read(value)).toBeUndefined();
  });

  it('takes brackets in strings for what they are', () => {
    expect(new JsonPath(`$["${'['.repeat(20)}"]`).read({ ['['.repeat(20)]: 1 })).toBe(1);
    expect(new JsonPath(`$['\\'${'('.repeat(20)}']`).read({ [`'${'('.repeat(20)}`]: 1 })).toBe(1);
  });

  const wide = Array.from({ length: 2000 }, (_, index) => ({ index, name: `${'a'.repeat(500)}!` }));
  const nested = (depth: number): Json => {
    let value: Json = 1;
    for (let level = 0; level < depth; level += 1) value = [value, value];
    return value;
  };
  it.each<[string, string, Json]>([
    ['descends again and again', `$${'..*'.repeat(6)}`, nested(14)],
    ['selects everything twice and again', `$${'[*,*]'.repeat(20)}`, nested(12)],
    ['asks all of all', '$[?$[?$[?@.index == -1]]]', wide],
    ['compares all with all', '$[?count($..*) > 0]', wide],
    [
      'measures long texts again and again',
      '$.all[?length($.long) == 1]',
      { long: 'x'.repeat(900_000), all: wide },
    ],
    [
      'compares long texts again and again',
      '$.all[?$.long < $.other]',
      { long: 'x'.repeat(450_000), other: 'x'.repeat(450_000), all: wide },
    ],
    ['looks for long expressions in long texts', "$[?match(@.name, '(a|aa|aaa|a*)*b|((a{9}){9}){9}')]", wide],
  ])('that %s is stopped', (_, path, value) => {
    expect(() => new JsonPath(path).all(value)).toThrow(PathTooCostly);
  });

  it('is not hurt by an expression that explodes elsewhere', () => {
    const value = wide.slice(0, 10);
    expect(new JsonPath("$[?match(@.name, '(a+)+b')]").read(value)).toEqual([]);
    expect(new JsonPath("$[?search(@.name, '(a|aa)+!$')].index").read(value)).toHaveLength(10);
    expect(new JsonPath('$[?search(@.name, @.pattern)]').read([{ name: 'a', pattern: '(' }])).toEqual([]);
  });
});
