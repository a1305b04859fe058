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

describe('an inventory with more variables than anybody has', () => {
  const ini = (hosts: number, variables: number, shape: (n: number) => string) => {
    const named = Array.from({ length: hosts }, (_, n) => shape(n)).join('\n');
    return `${named}\n[all:vars]\n${Array.from({ length: variables }, (_, n) => `k${n}=1`).join('\n')}\n`;
  };

  it('is refused host by host, before their variables are copied', async () => {
    const { records, problems } = await all(
      readFleet('ansible-ini', [Buffer.from(ini(900, 50_000, (n) => `h${n}`))]),
    );
    expect(records).toEqual([]);
    expect(problems).toHaveLength(900);
    expect(problems[7]).toEqual({ problem: 'the host has more than 10000 variables', source: { line: 8 } });
  });

  it('is refused as a whole when it would be too much in all', async () => {
    const text = ini(300, 1000, (n) => `[g${n}]\nh${n}`);
    const limits = { resolved: 400_000 };
    const { records, problems } = await all(readFleet('ansible-ini', [Buffer.from(text)], { limits }));
    expect(records.length).toBeGreaterThan(100);
    expect(problems).toEqual([
      {
        problem: 'the hosts have more than 400000 variables in all',
        source: { line: expect.any(Number) },
        fatal: true,
      },
    ]);
  });

  it('lets others have their turns while it is read', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const { records } = await all(readFleet('ansible-ini', [Buffer.from(ini(300, 1000, (n) => `h${n}`))]));
    clearInterval(counting);
    expect(records).toHaveLength(300);
    expect(turns).toBeGreaterThan(5);
  });
});
