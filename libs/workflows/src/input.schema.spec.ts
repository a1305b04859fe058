import { violationsByForeign, violationsOfSchema } from './input.schema.js';

describe("a workflow's input", () => {
  const by = (schema: object) => ({ properties: { a: { ...schema } } }) as never;

  it.each([
    [{ const: { valueOf: 1 } }, { valueOf: 1 }, { valueOf: 2 }],
    [{ enum: [{ toString: 1, valueOf: [] }] }, { valueOf: [], toString: 1 }, {}],
    [{ uniqueItems: true }, [{ valueOf: 1 }, {}], [{ valueOf: 1 }, { valueOf: 1 }]],
  ])('is compared by %j, whatever its members are called', (schema, good, bad) => {
    expect(violationsByForeign(by(schema), { a: good } as never)).toEqual([]);
    expect(violationsByForeign(by(schema), { a: bad } as never)).toEqual([
      { member: 'input.a', message: expect.stringMatching(/^must/) },
    ]);
  });

  it('is told which values there are to choose from', () => {
    expect(violationsByForeign(by({ enum: ['a', 'b'] }), { a: 'c' })).toEqual([
      { member: 'input.a', message: 'must be one of a, b' },
    ]);
  });

  const branching = (name: string, next: string) => ({
    [name]: { anyOf: [{ $ref: next }, { $ref: next }] },
  });

  it.each([
    ['itself', { $ref: '#' }, '$ref'],
    ['itself in a list', { allOf: [{ $ref: '#' }] }, 'allOf.0.$ref'],
    ['itself by another way', { $dynamicRef: '#' }, '$dynamicRef'],
    ['a circle', { $ref: '#/$defs/a', $defs: { a: { not: { $ref: '#/$defs/a' } } } }, '$defs.a.not.$ref'],
    ['another place', { $ref: 'https://example.com/schema' }, '$ref'],
    [
      'more and more',
      {
        $ref: '#/$defs/d0',
        $defs: Object.assign(
          { d12: {} },
          ...Array.from({ length: 12 }, (_, i) => branching(`d${i}`, `#/$defs/d${i + 1}`)),
        ) as object,
      },
      '',
    ],
  ])('has no schema that leads to %s', (_, schema, member) => {
    const found = violationsOfSchema(schema as never);
    expect(found).toEqual([
      { member: expect.stringContaining(member), message: expect.stringMatching(/\w/) },
    ]);
    expect(found[0]?.member).toMatch(/^input_schema/);
    // One that was stored before this was known is told of, not run into.
    expect(violationsByForeign(schema as never, { a: 1 })).toEqual([
      { member: 'input', message: expect.stringContaining('schema is wrong') },
    ]);
  });

  it('is refused when it is too large for a schema that is costly to check', () => {
    const costly = by({ anyOf: Array.from({ length: 200 }, (_, at) => ({ const: at })) });
    expect(violationsByForeign(costly, { a: 7 })).toEqual([]);
    expect(violationsByForeign(costly, { a: 'x'.repeat(100_000) })).toEqual([
      { member: 'input', message: expect.stringContaining('too large') },
    ]);
  });
});
