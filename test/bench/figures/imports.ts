import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { perform } from '../child.js';
import type { Bench, Figure, Measured } from '../figure.js';
import type { Imported, Importing } from '../importing.js';
import { rounds } from '../numbers.js';
import { scene, type SeededScene } from '../scene.js';
import { headers, type Server, standalone } from '../server.js';

interface Once {
  readonly rate: number;
  /** CPU time of the server for one host, in microseconds. */
  readonly cpuMicros: number;
}

interface Round {
  readonly first: Once;
  readonly again: Once;
  readonly mostMb: number;
}

type Outcome = 'created' | 'unchanged';

const importOnce = async (
  bench: Bench,
  server: Server,
  { hosts, regions }: Pick<Importing, 'hosts' | 'regions'>,
  outcome: Outcome,
): Promise<Once> => {
  const before = server.cpuMs() ?? NaN;
  const input: Importing = { url: server.url, headers, hosts, regions };
  const { seconds, last } = await perform<Imported>(bench, 'import', input);
  const { summary } = JSON.parse(last) as { summary?: Partial<Record<Outcome, number>> };
  if (summary?.[outcome] !== hosts) throw new Error(`of ${hosts} hosts not all were ${outcome}: ${last}`);
  return { rate: hosts / seconds, cpuMicros: (1000 * ((server.cpuMs() ?? NaN) - before)) / hosts };
};

/** Each round begins with a fleet of one host. */
const round = async (bench: Bench, seeded: SeededScene, hosts: number): Promise<Round> => {
  const dataDir = join(bench.folder, 'imported');
  await cp(seeded.dataDir, dataDir, { recursive: true });
  const server = await standalone(bench, dataDir, `/v1/hosts/${seeded.hostIds[0]}`, 'imports');
  try {
    const size = { hosts, regions: seeded.regionIds.length };
    const first = await importOnce(bench, server, size, 'created');
    const again = await importOnce(bench, server, size, 'unchanged');
    return { first, again, mostMb: server.memory()?.most ?? NaN };
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
};

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const hosts = bench.quick ? 2000 : 100_000;
  const seeded = await scene(bench, 'levels', 1);
  const found = await rounds(bench.quick ? 1 : 3, () => round(bench, seeded, hosts));
  const fleet = `${hosts.toLocaleString('en')} hosts × 10 variables`;
  return [
    {
      what: `import of ${fleet}, NDJSON over HTTP, durable`,
      unit: 'hosts/s',
      values: found.map(({ first }) => first.rate),
      target: { atLeast: 10_000 },
      notes: { cpuMicros: found.map(({ first }) => first.cpuMicros) },
    },
    {
      what: 'the same file once more, which changes nothing',
      unit: 'hosts/s',
      values: found.map(({ again }) => again.rate),
      notes: { cpuMicros: found.map(({ again }) => again.cpuMicros) },
    },
    {
      what: 'memory of standalone at most, importing both times',
      unit: 'MB',
      values: found.map(({ mostMb }) => mostMb),
      target: { atMost: 1024 },
    },
  ];
};

export const imports: Figure = { name: 'imports', measure };
