import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  defaultLimits,
  isProblem,
  type FleetRecord,
  type Read,
  type RowProblem,
  type SourceFile,
} from '../fleet-record.js';
import { readFleet, type FleetFormat, type ReadOptions } from '../read-fleet.js';
import { readAnsibleFiles } from './ansible.js';

const fixtures = resolve('libs/interchange/fixtures');

const filesIn = (folder: string): SourceFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'expected.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: readFileSync(path) }));

const all = async (reads: AsyncIterable<Read>) => {
  const records: FleetRecord[] = [];
  const problems: RowProblem[] = [];
  for await (const read of reads) {
    if (isProblem(read)) problems.push(read);
    else records.push(read);
  }
  return { records, problems };
};

const read = (format: FleetFormat, text: string, options?: ReadOptions) =>
  all(readFleet(format, [Buffer.from(text)], options));

interface Listed {
  readonly [group: string]: { readonly hosts?: readonly string[]; readonly children?: readonly string[] };
}

/** Every host of every group, through the groups below it, from what Ansible itself lists. */
const membership = (listed: Listed): Map<string, Set<string>> => {
  const hostsOf = (group: string): string[] => [
    ...(listed[group]?.hosts ?? []),
    ...(listed[group]?.children ?? []).flatMap(hostsOf),
  ];
  const groups = new Map<string, Set<string>>();
  for (const group of Object.keys(listed).filter((name) => !['_meta', 'all', 'ungrouped'].includes(name)))
    for (const host of hostsOf(group)) groups.set(host, (groups.get(host) ?? new Set()).add(group));
  return groups;
};

const expected = (folder: string) => {
  const listed = JSON.parse(readFileSync(join(fixtures, folder, 'expected.json'), 'utf8')) as Listed & {
    _meta: { hostvars: Record<string, object> };
  };
  const { _meta: meta, ...groups } = listed;
  return { variables: meta.hostvars, groups: membership(groups) };
};

const expectSame = (folder: string, records: readonly FleetRecord[]) => {
  const { variables, groups } = expected(folder);
  const unsafe = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && '__ansible_unsafe' in value
      ? value.__ansible_unsafe
      : value;
  const plain: unknown = JSON.parse(JSON.stringify(variables), unsafe);
  expect(Object.fromEntries(records.map((one) => [one.name, one.variables]))).toEqual(plain);
  for (const { name, labels } of records)
    expect([name, labels]).toEqual([name, [...(groups.get(name) ?? [])].sort()]);
};

describe('an inventory of Ansible', () => {
  it('says in INI, with its files of variables, what ansible-inventory says', async () => {
    const { records, problems } = await all(readAnsibleFiles(filesIn(join(fixtures, 'ini')), defaultLimits));
    expect(problems).toEqual([]);
    expectSame('ini', records);
  });

  it('says in YAML what ansible-inventory says', async () => {
    const { records, problems } = await read(
      'ansible-yaml',
      readFileSync(join(fixtures, 'yaml/inventory.yml'), 'utf8'),
    );
    expect(problems).toEqual([]);
    expectSame('yaml', records);
  });

  it('says as the answer of a script what ansible-inventory says', async () => {
    const { records, problems } = await read(
      'ansible-json',
      readFileSync(join(fixtures, 'script/list.json'), 'utf8'),
    );
    expect(problems).toEqual([]);
    expectSame('script', records);
  });

  it('comes back from the list that ansible-inventory makes of it', async () => {
    const { records } = await read('ansible-json', readFileSync(join(fixtures, 'ini/expected.json'), 'utf8'));
    expectSame('ini', records);
  });
});
