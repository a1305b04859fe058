import fc from 'fast-check';
import { DomainError } from '#libs/kernel/src/errors.js';
import { queries } from '#test/support/vars-queries.js';
import { printVarsQuery } from './vars-print.policy.js';
import { parseVarsQuery } from './vars-query.js';
import { keysOf } from './vars-query.policy.js';

const refusalOf = (text: string): DomainError => {
  try {
    parseVarsQuery(text);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'validation-failed') return error;
    throw error;
  }
  throw new Error(`was read: ${text}`);
};

/** NaN when the error does not say it. */
const wrongColumnOf = (text: string): number | undefined => {
  try {
    parseVarsQuery(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError) || error.violations[0]?.member !== 'vars') throw error;
    return Number(/^vars, column (\d+): expected /.exec(error.message)?.[1]);
  }
};

const printed = (text: string): string => printVarsQuery(parseVarsQuery(text));

const words = ['and', 'or', 'not', 'in', 'exists', 'prefix', 'true', 'null', 'a', 'b-c', '$', 'é', '\u200d'];
const signs = ['(', ')', '[', ']', '{', '}', ',', ':', '.', '*', '<', '<=', '>', '>=', '!=', '=', '\\', '?'];
const values = ['"x"', '"', '"\\', '1', '-1.5e3', '1e999', '00', '-', ' ', '\n', '\u0007', '\ud800', '😀'];
const soup = fc.array(fc.constantFrom(...words, ...signs, ...values), { maxLength: 60 });

describe('reading a query', () => {
  it('is undone by printing it', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(parseVarsQuery(printVarsQuery(query))).toEqual(query);
      }),
    );
  });

  it('of whatever text gives a query or a validation error with a column inside it', () => {
    const texts = fc.oneof(
      soup.map((parts) => parts.join('')),
      soup.map((parts) => parts.join(' ')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    const refused = new Set<boolean>();
    fc.assert(
      fc.property(texts, (text) => {
        const column = wrongColumnOf(text);
        refused.add(column !== undefined);
        expect(column ?? 1).toBeGreaterThanOrEqual(1);
        expect(column ?? 1).toBeLessThanOrEqual(Array.from(text).length + 1);
      }),
      { numRuns: 2000, seed: 7, examples: [['a:1'], ['a:']] },
    );
    expect(refused.size).toBe(2);
  });

  it('knows each of its keys once, and cannot be changed', () => {
    const query = parseVarsQuery('b:{"x":[1]} and not (a exists or b.c > 1), "d e" in [1]');
    expect(keysOf(query)).toEqual(['b', 'a', 'd e']);
    const nested = (query.expression as unknown as { of: [{ value: { x: number[] } }] }).of[0].value.x;
    expect(() => nested.push(2)).toThrow(TypeError);
    expect(() => (query.keys as string[]).push('z')).toThrow(TypeError);
  });

  it.each([
    ['a:1,b:2', 'a:1 and b:2'],
    [' a : 1 , b : "x,y:z" ', 'a:1 and b:"x,y:z"'],
    ['a:[1,{"b":[2,3]}],c:4', 'a:[1,{"b":[2,3]}] and c:4'],
    ['a:1, b:2 or c:3', 'a:1 and (b:2 or c:3)'],
    ['(a:1, b:2) or c:3', 'a:1 and b:2 or c:3'],
    ['not a:1 and b:2', 'not a:1 and b:2'],
    ['not (a:1 and not not b:2)', 'not (a:1 and b:2)'],
    ['size>100 and size<=200', 'size > 100 and size <= 200'],
    ['and exists or in in [1] and or:1', 'and exists or in in [1] and or:1'],
    ['null:null,true:false', 'null:null and true:false'],
    ['not.not:1 and not[0] exists', '"not".not:1 and "not"[0] exists'],
    ['a."b-c"."".é[*]:1', 'a."b-c"."".é[*]:1'],
    ['"$".$:1', '"$".$:1'],
  ])('takes %s as %s', (text, canonical) => {
    expect(printed(text)).toBe(canonical);
  });

  it('keeps members that are named like those every object has', () => {
    const query = parseVarsQuery('__proto__.constructor:{"__proto__":1}');
    expect(keysOf(query)).toEqual(['__proto__']);
    expect(printVarsQuery(query)).toBe('__proto__.constructor:{"__proto__":1}');
  });
});

describe('a query that cannot be read', () => {
  it.each([
    ['', 1, /a condition/],
    [' ', 2, /found the end/],
    ['a:1,', 5, /a condition/],
    ['a:1,,b:2', 5, /a condition.*found ,/],
    ['(a:1', 5, /a comma or \)/],
    ['a:1)', 4, /found \)/],
    ['not exists', 11, /after the path/],
    ['[0]:1', 1, /a condition/],
    ['a[1:2]:1', 4, /\]/],
    ['a[-1]:1', 3, /an index/],
    ['a[1.5]:1', 3, /an index/],
    ['a[99999999999999999]:1', 3, /an index/],
    ['a..b:1', 3, /a name/],
    ['a.**:1', 4, /after the path/],
    ['a?(@.x):1', 2, /found \?/],
    ['a = 1', 3, /after the path, found =/],
    ['a > null', 5, /a number or a text/],
    ['a prefix 3', 10, /a text in double quotes, found 3/],
    ['a in 3', 6, /a list/],
    ['a in [1,]', 9, /a JSON value/],
    ['a:{x:1}', 4, /a text in double quotes/],
    ['a:01', 4, /the end, found 1/],
    ['a:1e999', 3, /a double/],
    ['a:"abc', 3, /without its closing quote/],
    ['a:"\\q"', 3, /unknown escape/],
    ["a:'x'", 3, /found '/],
    ['😀😀:1', 1, /found 😀/],
    ['a:"😀" b', 7, /found b/],
    ['a:\u00a01', 3, /U\+00A0/],
  ])('says of %j that column %i is wrong, and how', (text, column, expected) => {
    const { message } = refusalOf(text);
    expect(message).toMatch(new RegExp(`^vars, column ${column}: `));
    expect(message).toMatch(expected);
  });

  it('does not repeat the texts that it holds', () => {
    expect(refusalOf('password:"swordfish" "swordfish"').message).not.toMatch(/swordfish/);
  });

  it('is short of every limit', () => {
    const conditions = (count: number) => Array.from({ length: count }, (_, i) => `a${i}:1`).join(' or ');
    expect(keysOf(parseVarsQuery(conditions(64)))).toHaveLength(64);
    expect(refusalOf(conditions(65)).message).toMatch(/at most 64 conditions/);
    expect(printed(`${'('.repeat(32)}a:1${')'.repeat(32)}`)).toBe('a:1');
    expect(refusalOf(`${'('.repeat(33)}a:1`).message).toMatch(/column 33: .* 32 deep/);
    expect(refusalOf(`a:${'['.repeat(33)}`).message).toMatch(/column 35: .* 32 deep/);
    expect(refusalOf(`${' '.repeat(8190)}a:1`).message).toMatch(/column 8193: .*8192 characters/);
    expect(printed(`${' '.repeat(8189)}a:1`)).toBe('a:1');
  });

  it.each(['(', '[', '"', '"\\', 'not ', 'a:1,', '\\"', '-', '0', 'a.', '{"a":', '\ud800'])(
    'is refused however often %j stands in it',
    (part) => {
      expect(refusalOf(part.repeat(8192 / part.length)).code).toBe('validation-failed');
      expect(refusalOf(part.repeat(100_000)).message).toMatch(/8192 characters/);
    },
  );
});
