import { readJson } from './json.js';

const read = (text: string): unknown => readJson(Buffer.from(text));

describe('a body of JSON', () => {
  it.each([
    ['{"a":1,"a":1}', 'a', 1, 8],
    ['{"a":1,\n "\\u0061":1}', 'a', 2, 2],
    ['{"a"\r\n\t : 1,"a":1}', 'a', 2, 7],
    ['{"b":{"a":1},"a":[{"":1},{"":1,"":1}]}', '', 1, 32],
    ['{"b":"\\":{\\":","a":"","a":""}', 'a', 1, 23],
    ['{"a":":","a":":"}', 'a', 1, 10],
    ['[{"a":1,"a":{"b":1,"b":2}}]', 'a', 1, 9],
  ])('is refused with a member that comes twice: %s', (text, member, line, column) => {
    const message = `comes twice in one object: again at line ${line}, column ${column}`;
    expect(read(text)).toMatchObject({ code: 'validation-failed', violations: [{ member, message }] });
  });

  it('names of a long member its beginning, and nothing of its value', () => {
    const name = 'k'.repeat(1000);
    const { message } = read(`{"${name}":"hidden","${name}":"hidden"}`) as Error;
    expect(message).toContain(`"${'k'.repeat(80)}"`);
    expect(message).not.toContain('hidden');
  });

  it.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    String.raw`{"a":"\"b\":1","b":"\\\":","c":":","\"d\" :":1}`,
    '{"":{"":{}},"a":"\u2028"}',
    '[]',
    '"a"',
  ])('is taken where each object has it once: %s', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });
});
