import { existsSync, readFileSync } from 'node:fs';
import { EARLY_STATUS, STATUS } from '#apps/gateway/src/http/problem.js';
import { GRANTS } from '#libs/access/src/access.policy.js';
import { readConfig } from '#libs/platform/src/config/config.js';

const text = readFileSync('README.md', 'utf8');

/** The rows of the table under a heading, without its head. */
const table = (heading: string): string[][] => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};
const names = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

describe('the README', () => {
  it('has every error with its status', () => {
    const told = table('Errors').map(([code, status]) => [names(code)[0], Number(status)]);
    expect(Object.fromEntries(told)).toEqual({ ...STATUS, ...EARLY_STATUS });
  });

  it('has every permission of every role', () => {
    const roles = ['viewer', 'operator', 'admin', 'auditor', 'root'] as const;
    const told = roles.map((role, index) => [
      role,
      new Set(
        table('Permissions')
          .filter((row) => row[index + 1] === 'yes')
          .map(([permission]) => names(permission)[0]),
      ),
    ]);
    expect(Object.fromEntries(told)).toEqual(GRANTS);
  });

  it('has every variable of the configuration with its default', () => {
    const config = readConfig({}) as unknown as Record<string, unknown>;
    const source = readFileSync('libs/platform/src/config/config.ts', 'utf8');
    const known = [...source.matchAll(/^ {2}readonly ((?:CRATON|OS)_\w+)/gm)].map(
      ([, name]) => name as string,
    );
    const rows = table('Configuration').flatMap(([variables, value]) =>
      names(variables).map((name) => [name, names(value)[0]] as const),
    );
    expect(rows.map(([name]) => name).toSorted()).toEqual(known.toSorted());
    const fixed = rows.filter(([name]) => config[name] !== undefined);
    expect(fixed.map(([name, value]) => [name, value])).toEqual(
      fixed.map(([name]) => [name, String(config[name])]),
    );
  });

  it('gives a reason for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      object
    >;
    const told = table('Dependencies');
    expect(told.map(([name]) => names(name)[0])).toEqual(
      Object.keys({ ...dependencies, ...devDependencies }).toSorted(),
    );
    expect(told.filter(([, reason]) => !reason || reason === '?')).toEqual([]);
  });

  it('names commands and files that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    const commands = [...text.matchAll(/`npm run ([\w:]+)`/g)].map(([, script]) => script as string);
    expect(commands.filter((command) => !(command in scripts))).toEqual([]);
    const files = [...text.matchAll(/`((?:apps|libs|projections|docker|test)\/[^`\s*]+)`/g)].map(
      ([, path]) => path as string,
    );
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });
});
