import { demandName, nameMistake, namePattern } from './names.js';

const proper = [
  'a',
  'rack 7',
  'Z\u00fcrich',
  '\u6771\u4eac',
  '\ud83d\ude80',
  'a\u200db',
  'a\u00a0b',
  '\u05d0\u05d1',
];

const improper: readonly (readonly [string, RegExp])[] = [
  ['a\tb', /control/],
  ['a\u0085', /control/],
  ['a\u2028b', /line and paragraph/],
  ['a\u2029b', /line and paragraph/],
  ...['\u202a', '\u202e', '\u2066', '\u2069'].map((mark) => [`a${mark}b`, /direction/] as const),
  ...['\u200b', '\u2060', '\ufeff'].map((nothing) => [`a${nothing}b`, /no width/] as const),
  [' a', /begin or end/],
  ['a ', /begin or end/],
  ['a\u00a0', /begin or end/],
  ['\u3000a', /begin or end/],
];

describe('a name', () => {
  const pattern = new RegExp(namePattern, 'u');

  it.each(proper)('may be %j', (name) => {
    expect(nameMistake(name)).toBeUndefined();
    expect(pattern.test(name)).toBe(true);
  });

  it.each(improper)('is not %j, and it is said why', (name, words) => {
    expect(nameMistake(name)).toMatch(words);
    expect(pattern.test(name)).toBe(false);
  });

  it('is composed: what looks the same is the same', () => {
    expect(nameMistake('Zu\u0308rich')).toMatch(/NFC/);
    expect(nameMistake('Zu\u0308rich'.normalize('NFC'))).toBeUndefined();
  });

  it('is demanded with the member that it stands in', () => {
    const violations = [{ member: 'cell', message: 'must not begin or end with white space' }];
    expect(() => demandName('cell', 'a ')).toThrow(
      expect.objectContaining({ code: 'validation-failed', violations }),
    );
    expect(() => demandName('cell', 'a')).not.toThrow();
  });
});
