import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRANTS } from '#libs/access/src/access.policy.js';
import { STATUS } from './http/problem.js';

const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

type Side = 'reads' | 'writes';
type Name = keyof typeof GRANTS;

const rows = new Map(
  [...text.matchAll(/^\| (\w+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, role, reads, writes]) => [
    role,
    { reads: reads ?? '', writes: writes ?? '' },
  ]),
);

/** Resources that the table names for a role, with those of the role it refers to. */
const written = (role: string, side: Side): string[] => {
  const cell = (rows.get(role)?.[side] ?? '').replace('; of every project', '');
  return cell
    .split(/,? /)
    .filter((word) => word !== 'as')
    .flatMap((word) => (rows.has(word) ? written(word, side) : [word]))
    .toSorted();
};

const granted = (role: Name, kind: string): string[] =>
  [...GRANTS[role]]
    .filter((permission) => permission.endsWith(kind))
    .map((permission) => permission.split(':')[0] ?? '')
    .toSorted();

describe("the gateway's README", () => {
  it.each(Object.keys(GRANTS) as Name[])('says what the role %s may do', (role) => {
    expect(written(role, 'reads')).toEqual(granted(role, ':read'));
    expect(written(role, 'writes')).toEqual(granted(role, ':write'));
  });

  it('names every error with its status', () => {
    const line = text.slice(text.indexOf('400 validation-failed'));
    const named = line.split('·').flatMap((group) => {
      const [, status, codes] = /(\d{3}) ([a-z-]+(?:, [a-z-]+)*)/.exec(group.trim()) ?? [];
      return (codes ?? '').split(', ').map((code) => [code, Number(status)]);
    });
    expect(Object.fromEntries(named)).toEqual(STATUS);
  });
});
