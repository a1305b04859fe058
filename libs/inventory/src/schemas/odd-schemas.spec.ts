import fc from 'fast-check';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { faultOf, VariableSchema } from './variable-schema.js';

const keywords = (
  'type const enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems ' +
  'maxContains minContains maxProperties minProperties required dependentRequired format title description default examples $comment ' +
  'allOf anyOf oneOf not if then else dependentSchemas prefixItems items contains properties patternProperties additionalProperties ' +
  'propertyNames unevaluatedItems unevaluatedProperties $ref $defs $schema $id $anchor $dynamicRef constructor toString nullable'
).split(' ');

const words = fc.constantFrom(
  'string',
  'integer',
  'object',
  'array',
  'null',
  'ipv4',
  'date-time',
  'uri',
  'a',
  '^a+$',
  '(a|b)*c{2,5}',
  '[',
  '\\p{L}',
  '(?<n>a)',
  '#/$defs/a',
  '#',
  '$',
  'constructor',
  'hasOwnProperty',
  'valueOf',
  '',
);

const { schema } = fc.letrec<{ schema: JsonObject; inside: Json }>((tie) => ({
  schema: fc.dictionary(fc.constantFrom(...keywords), tie('inside'), { maxKeys: 4, depthIdentifier: 'd' }),
  inside: fc.oneof(
    { depthSize: 'small', depthIdentifier: 'd', withCrossShrink: true },
    words,
    fc.constantFrom(0, 1, -1, 3, 0.1, 1e300, true, false, null),
    tie('schema'),
    fc.array(tie('inside'), { maxLength: 3, depthIdentifier: 'd' }),
    fc.dictionary(words, tie('inside'), { maxKeys: 3, depthIdentifier: 'd' }),
  ),
}));

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  words,
  fc.dictionary(words, fc.jsonValue({ maxDepth: 2 })),
);

describe('whatever comes as a schema', () => {
  it('is refused with the place in it, or judges whatever comes as a value', () => {
    let accepted = 0;
    fc.assert(
      fc.property(schema, value, (odd, any) => {
        const fault = faultOf(odd);
        if (fault) return fault.message.length > 0;
        accepted += 1;
        const found = VariableSchema.of(odd).violation(any as Json);
        return found === undefined || found.message.length > 0;
      }),
      { numRuns: 3000, seed: 20261123 },
    );
    expect(accepted).toBeGreaterThan(300);
  });
});
