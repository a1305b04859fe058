import fc from 'fast-check';
import { parse } from 'yaml';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { yamlItem } from './yaml-writer.js';

const confusing = fc.constantFrom(
  ...'yes|No|y|off|~|null||nan|e5|.inf|-.inf|1e3|0644|0x1f|0o7|1_000|1:30|2001-01-01|<<|=|- a|a: b|a #b|#|? x|!!str x|&a|*a|>|%x|@a|`a|---|...|a | a|{a|[b|,|:a'.split(
    '|',
  ),
  '|',
  '\t',
  'a\nb\n',
  '\r',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\u007F',
  'x'.repeat(1100),
);
const texts = fc
  .oneof(confusing, fc.string({ unit: 'grapheme' }), fc.string())
  .filter((one) => one !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    texts,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  ),
}));
const rows = fc.array(fc.dictionary(texts, value, { minKeys: 1, maxKeys: 4 }), {
  minLength: 1,
  maxLength: 3,
});

describe('a sequence in YAML', () => {
  it.each(['1.1', '1.2'] as const)('says the same to a reader of YAML %s', (version) => {
    fc.assert(
      fc.property(rows, (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as JsonObject[];
        expect(parse(plain.map(yamlItem).join(''), { version })).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  it('has quotes only where they are needed', () => {
    const row = { kind: 'host', labels: ['role:compute', 'gpu'], nested: [[1, 'no'], { on: {}, off: [] }] };
    expect(yamlItem(row).split('\n')).toEqual([
      '- kind: host',
      '  labels:',
      '    - "role:compute"',
      '    - gpu',
      '  nested:',
      '    - - 1',
      '      - "no"',
      '    - "on": {}',
      '      "off": []',
      '',
    ]);
  });
});
