import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { faultOf, schemaOf, VariableSchema } from './variable-schema.js';

const misfit = (schema: JsonObject, value: Json) => VariableSchema.of(schema).violation(value);
const repeated = (count: number, one: Json): Json[] => Array.from({ length: count }, () => one);

describe('a schema of a variable', () => {
  it.each<[JsonObject, Json, Json]>([
    [{ type: 'integer', minimum: 1 }, 7, 0],
    [{ enum: ['a', { b: [1] }] }, { b: [1] }, { b: [2] }],
    [{ const: null }, null, 0],
    [{ type: ['string', 'null'], maxLength: 2 }, 'ü☃', 'abc'],
    [{ pattern: '^web-\\d+$' }, 'web-12', 'db-1'],
    [
      { patternProperties: { '^eth\\d+$': { type: 'integer' } }, additionalProperties: false },
      { eth0: 1 },
      { lo: 1 },
    ],
    [{ properties: { a: { type: 'string' } }, required: ['a'] }, { a: 'x' }, { b: 'x' }],
    [{ items: { $ref: '#/$defs/port' }, $defs: { port: { maximum: 65535 } } }, [80, 443], [80, 70000]],
    [
      { uniqueItems: true },
      [1, '1', { a: 1, b: 2 }],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    [{ oneOf: [{ type: 'string' }, { type: 'array', contains: { const: 1 } }] }, [2, 1], [2]],
    [JSON.parse('{"if": {"type": "string"}, "then": {"minLength": 2}, "else": false}'), 'ab', 1],
    [{ unevaluatedProperties: false, allOf: [{ properties: { a: true } }] }, { a: 1 }, { b: 1 }],
    [{ dependentRequired: { a: ['b'] } }, { b: 1 }, { a: 1 }],
    [{ format: 'ipv4' }, '10.0.0.1', '10.0.0.256'],
    [{ format: 'ipv6' }, '2001:db8::1', 'fe80::1%eth0'],
    [{ format: 'date' }, '2028-02-29', '2027-02-29'],
    [{ format: 'date-time' }, '2026-11-23T08:00:00+01:00', '2026-11-23 08:00'],
    [{ format: 'hostname' }, 'a-1.example', '-a.example'],
    [{ format: 'uri' }, 'https://example/x', 'example'],
    [{ format: 'uuid' }, '01a20666-0000-7000-8000-000000000011', '01a20666'],
  ])('%j lets %j pass, and not %j', (schema, good, bad) => {
    expect(faultOf(schema)).toBeUndefined();
    expect(misfit(schema, good)).toBeUndefined();
    expect(misfit(schema, bad)).toEqual({
      member: expect.any(String),
      message: expect.stringMatching(/^\w/),
    });
  });

  it('says where in the value something is wrong, and never the value', () => {
    const schema = { properties: { ports: { items: { type: 'integer' } } }, additionalProperties: false };
    expect(misfit(schema, { ports: [1, 'hunter2'] })).toEqual({
      member: 'ports.1',
      message: 'must be integer',
    });
    expect(misfit(schema, { other: 'hunter2' })).toEqual({ member: 'other', message: 'is not known' });
    expect(misfit({ required: ['a'] }, {})).toEqual({ member: 'a', message: 'is needed' });
    expect(misfit({ enum: ['a'] }, 'hunter2')?.message).not.toContain('hunter2');
  });

  it.each<[string, JsonObject, string]>([
    ['an unknown keyword', { tpye: 'string' }, 'tpye'],
    ['an unknown type', { type: 'text' }, 'type'],
    ['a keyword of the wrong type', { properties: [] }, 'properties'],
    ['no schema inside', { properties: { a: 1 } }, 'properties.a'],
    ['an unknown format', { format: 'regex' }, ''],
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, '$schema'],
    ['a reference outside', { $ref: 'https://example.org/schema.json' }, '$ref'],
    ['a reference to a file', { $ref: 'file:///etc/passwd' }, '$ref'],
    ['a reference to nothing', { $ref: '#/$defs/a' }, '$ref'],
    ['a reference to the prototype', { $ref: '#/$defs/constructor', $defs: {} }, '$ref'],
    ['a reference to itself', { $ref: '#' }, '$ref'],
    ['an identifier', { $id: 'https://example.org/a' }, '$id'],
    ['a dynamic reference', { $dynamicRef: '#a' }, '$dynamicRef'],
    ['a circle', { $ref: '#/$defs/a', $defs: { a: { items: { $ref: '#/$defs/a' } } } }, '$defs.a.items.$ref'],
    ['a pattern that is none', { pattern: '(' }, 'pattern'],
    ['a pattern that looks behind', { pattern: '(?<=a)b' }, 'pattern'],
    ['a pattern that refers back', { pattern: '(a)\\1' }, 'pattern'],
    ['a pattern that is repeated too often', { pattern: '((a{100}){100}){100}' }, 'pattern'],
    ['a bad pattern for names', { patternProperties: { '(': true } }, 'patternProperties.('],
    ['nonsense that nobody refers to', { $defs: { a: { tpye: 1 } } }, '$defs.a.tpye'],
    ['too many characters', { description: 'x'.repeat(17_000) }, ''],
    ['too many steps', { allOf: repeated(1001, true) }, 'allOf.1000'],
  ])('is refused for %s', (_, schema, member) => {
    expect(faultOf(schema)).toEqual({ member, message: expect.stringMatching(/^./) });
  });

  it('is refused when references multiply', () => {
    const twice = (name: string) => ({ allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] });
    const levels = Array.from({ length: 40 }, (_, level) => [`l${level}`, twice(`l${level + 1}`)]);
    const $defs = { ...Object.fromEntries(levels), l40: { type: 'string' } };
    expect(faultOf({ ...twice('l0'), $defs })?.message).toContain('too many steps');
  });

  it('answers soon, whatever it is asked', () => {
    const evil = 'a'.repeat(200_000);
    expect(misfit({ pattern: '^(a+)+$' }, `${evil}!`)?.message).toContain('must match pattern');
    expect(misfit({ uniqueItems: true }, repeated(100_000, 1))?.message).toContain('twice');
    const many = Array.from({ length: 40_000 }, (_, number) => ({ number }));
    expect(misfit({ uniqueItems: true }, many)).toBeUndefined();
    expect(misfit({ allOf: repeated(450, { items: true }) }, repeated(100_000, 1))?.message).toBe(
      'is too large to be checked by so complicated a schema',
    );
  });

  it('does not mistake what objects inherit for members', () => {
    expect(misfit({ required: ['constructor'] }, {})).toEqual({
      member: 'constructor',
      message: 'is needed',
    });
    expect(misfit({ properties: { toString: { type: 'string' } } }, {})).toBeUndefined();
  });

  it.each<[JsonObject, Json, Json]>([
    [{ const: { valueOf: 1, constructor: 2 } }, { constructor: 2, valueOf: 1 }, { valueOf: 1 }],
    [{ enum: [{ toString: [] }, 1] }, { toString: [] }, { toString: [1] }],
    [{ uniqueItems: true }, [{ valueOf: 1 }, { valueOf: 2 }], [{ valueOf: 1 }, { valueOf: 1 }]],
  ])('%j compares members of whatever name', (schema, good, bad) => {
    expect(misfit(schema, good)).toBeUndefined();
    expect(misfit(schema, bad)?.message).toMatch(/^must/);
  });

  it('is kept, compiled, while it is in use', () => {
    const text = JSON.stringify({ type: 'string' });
    expect(schemaOf(text)).toBe(schemaOf(text));
    expect(schemaOf(text).violation(1)).toEqual({ member: '', message: 'must be string' });
    const first = schemaOf(text);
    const title = 'x'.repeat(16_000);
    for (let maximum = 0; maximum < 140; maximum += 1)
      expect(schemaOf(JSON.stringify({ title, maximum })).violation(0)).toBeUndefined();
    expect(schemaOf(text)).not.toBe(first);
  });
});
