import { violationsByForeign } from './input.schema.js';

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
});
