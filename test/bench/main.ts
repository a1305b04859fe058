import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './figure.js';
import { figures } from './figures.js';
import { type Line, lineOf, machine, tables } from './report.js';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    out: { type: 'string', default: 'bench-result.json' },
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);

const chosen = () => {
  const unknown = given.only.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no figure ${unknown.join(', ')}; there are ${figures.map(({ name }) => name).join(', ')}`,
    );
  return given.only.length === 0 ? figures : figures.filter(({ name }) => given.only.includes(name));
};

const measure = async (bench: Bench): Promise<{ lines: Line[]; failures: string[] }> => {
  const lines: Line[] = [];
  const failures: string[] = [];
  for (const figure of chosen()) {
    say(`${figure.name} ...`);
    try {
      for (const measured of await figure.measure(bench)) lines.push(lineOf(figure.name, measured));
    } catch (error) {
      failures.push(figure.name);
      say(`${figure.name} could not be measured: ${(error as Error).message}`);
    }
  }
  return { lines, failures };
};

const run = async (): Promise<void> => {
  const profiles = given.profile === undefined ? undefined : resolve(given.profile);
  if (profiles !== undefined) await mkdir(profiles, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'craton-bench-'));
  const bench: Bench = { folder, quick: given.quick, profiles, say };
  const startedAt = new Date().toISOString();
  try {
    const { lines, failures } = await measure(bench);
    const result = { startedAt, quick: bench.quick, machine: machine(), figures: lines, failures };
    await writeFile(given.out, `${JSON.stringify(result, undefined, 2)}\n`);
    process.stdout.write(`${tables(lines)}\n`);
    const missed = lines.filter((line) => line.verdict === 'missed');
    for (const { figure, what } of missed) process.stdout.write(`missed: ${figure}: ${what}\n`);
    for (const name of failures) process.stdout.write(`not measured: ${name}\n`);
    // A missed target is a finding; a figure that could not be measured is a broken benchmark.
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

await run();
