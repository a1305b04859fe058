import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { perform } from '../child.js';
import type { Bench, Figure, Measured } from '../figure.js';
import { rounds } from '../numbers.js';
import { yearOf } from '../scene.js';

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const { dataDir, events } = await yearOf(bench);
  const log = join(dataDir, 'events.db');
  const path = join(bench.folder, 'rebuilt.db');
  const found = await rounds(bench.quick ? 1 : 5, async () => {
    const read = await perform<number>(bench, 'read', { path: log });
    const built = await perform<number>(bench, 'rebuild', { log, path, events }, 'rebuild');
    for (const suffix of ['', '-wal', '-shm', '.lock']) await rm(path + suffix, { force: true });
    return { read, built };
  });
  return [
    {
      what: `rebuilding all read models from ${events.toLocaleString('en')} events`,
      unit: 'events/s',
      values: found.map(({ built }) => built),
      against: { what: 'reading and parsing the same events', values: found.map(({ read }) => read) },
      target: { atLeast: 0.25 },
    },
  ];
};

export const rebuild: Figure = { name: 'rebuild', measure };
