import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '#libs/kernel/src/json.js';
import { matches } from './vars-match.policy.js';
import { parseVarsQuery } from './vars-query.js';

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

/** The rows below a table's heading, their cells without backticks. */
const rowsOf = (heading: string): string[][] => {
  const [, after = ''] = readme.split(`${heading}\n`);
  const rows = after.split('\n').slice(1);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(0, end).map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/^`(.*)`$/, '$1')),
  );
};

const examples = rowsOf('| query | variables | matches |') as [string, string, string][];
const mistakes = rowsOf('| query | column | expected |') as [string, string, string][];

describe('the README of search', () => {
  it('has both tables', () => {
    expect(examples.length).toBeGreaterThan(30);
    expect(mistakes.length).toBeGreaterThan(10);
    expect(new Set(examples.map(([, , answer]) => answer))).toEqual(new Set(['yes', 'no']));
  });

  it.each(examples)('says truly of %s and %s: %s', (query, variables, answer) => {
    const values = new Map(Object.entries(JSON.parse(variables) as Record<string, Json>));
    expect(matches(parseVarsQuery(query), (key) => values.get(key)) ? 'yes' : 'no').toBe(answer);
  });

  it.each(mistakes)('says truly where %s goes wrong: at column %s', (query, column, words) => {
    expect(() => parseVarsQuery(query)).toThrow(`vars, column ${column}: expected ${words}`);
  });
});
