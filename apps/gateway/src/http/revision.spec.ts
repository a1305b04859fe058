import { expectedRevision, isKnown } from './revision.js';

describe('the revision that If-Match demands', () => {
  it.each([undefined, '*', ' * '])('is none for %j', (header) => {
    expect(expectedRevision(header)).toBeUndefined();
  });

  it.each<[string, number | readonly number[]]>([
    ['"7"', 7],
    ['"-1"', -1],
    ['"1", "2"', [1, 2]],
    ['"1","2" ,\t"3"', [1, 2, 3]],
    [', "4",, ', 4],
    ['"a,b", W/"5", "6"', 6],
    ['"6", "6"', 6],
  ])('is any of those that are listed: %j', (header, expected) => {
    expect(expectedRevision(header)).toEqual(expected);
  });

  it.each(['W/"1"', '"abc"', '""', '"01"', '"1234567890123456"', '"\u00e9"', 'W/"1", "x"'])(
    'is matched by nothing for %j, where no tag is one of ours',
    (header) => {
      expect(() => expectedRevision(header)).toThrow(expect.objectContaining({ code: 'wrong-revision' }));
    },
  );

  it.each([
    '',
    ',',
    'nonsense',
    '1',
    '"1',
    '1"',
    "'1'",
    'w/"1"',
    '"1" "2"',
    '"1"; "2"',
    '*, "1"',
    '"a b"',
    '"\u0001"',
  ])('is not to be read from %j', (header) => {
    const violations = [expect.objectContaining({ member: 'If-Match' })];
    expect(() => expectedRevision(header)).toThrow(
      expect.objectContaining({ code: 'validation-failed', violations }),
    );
  });

  it('is read in time that grows with the header only', () => {
    const malformed = `${'"1" , '.repeat(2_000)}"`;
    expect(() => expectedRevision(malformed)).toThrow('If-Match');
  });
});

describe('the revisions that If-None-Match knows', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['*', true],
    ['"7"', true],
    ['W/"7"', true],
    ['"6", W/"7"', true],
    ['"6"', false],
    ['"6,"7""', false],
  ])('are those of %j', (header, known) => {
    expect(isKnown(header, 7)).toBe(known);
  });
});
