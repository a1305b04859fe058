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
import { hostsListed, type Listed } from './listed.js';

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

const expectSame = (folder: string, records: readonly FleetRecord[]) => {
  const listed = JSON.parse(readFileSync(join(fixtures, folder, 'expected.json'), 'utf8')) as Listed;
  const ours = records.map(({ name, variables, labels }) => [name, { variables, labels }]);
  expect(Object.fromEntries(ours)).toEqual(hostsListed(listed));
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
