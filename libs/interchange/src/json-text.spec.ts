import fc from 'fast-check';
import { jsonIn } from './json-text.js';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const nearlyJson = fc.oneof(
  fc.json(),
  fc.string(),
  fc.stringMatching(/^[\s"\d.eE+\-truefalsn[\]{},:]*$/),
  fc.constantFrom(
    '10.0.0.1',
    '01',
    '-',
    '1.',
    '.5',
    '1e5',
    '-0',
    ' 1 ',
    '\ttrue\n',
    'True',
    'nul',
    '\u00a01',
    '\uFEFF1',
    '"a',
    '',
  ),
);

describe('a text that may be JSON', () => {
  it('is read as JSON exactly where it is JSON', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => expect(jsonIn(text)).toEqual(parsed(text))),
      { numRuns: 2000 },
    );
  });
});
