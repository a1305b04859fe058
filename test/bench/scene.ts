import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { perform } from './child.js';
import type { Bench } from './figure.js';

export interface Seeding {
  readonly path: string;
  readonly kind: 'year' | 'levels' | 'own' | 'aged';
  /** Events of a year, else hosts. */
  readonly size: number;
  readonly token: string;
}

/** What is in a log that was written for the benchmark. */
export interface Scene {
  readonly events: number;
  /** Of the moment after which a fleet aged; else of the end. */
  readonly cursor: string;
  readonly regionIds: readonly string[];
  readonly cloudId: string;
  readonly hostIds: readonly string[];
}

export interface SeededScene extends Scene {
  readonly dataDir: string;
}

/** The API key of every log that is seeded here. */
export const token = 'the-api-key-of-the-benchmark';

const seeded = new Map<string, Promise<SeededScene>>();

const write = async (bench: Bench, kind: Seeding['kind'], size: number): Promise<SeededScene> => {
  const dataDir = join(bench.folder, `${kind}-${size}`);
  await mkdir(dataDir);
  bench.say(`  writing the log ${kind} (${size})`);
  const path = join(dataDir, 'events.db');
  const scene = await perform<Scene>(bench, 'seed', { path, kind, size, token } satisfies Seeding);
  return { ...scene, dataDir };
};

/** A data directory with such a log and nothing else; written once a run. */
export const scene = (bench: Bench, kind: Seeding['kind'], size: number): Promise<SeededScene> => {
  const name = `${kind}-${size}`;
  const known = seeded.get(name) ?? write(bench, kind, size);
  seeded.set(name, known);
  return known;
};

/** What a year is: half a million events. */
export const yearOf = (bench: Bench): Promise<SeededScene> =>
  scene(bench, 'year', bench.quick ? 20_000 : 500_000);
