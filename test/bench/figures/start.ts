import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Figure, Measured } from '../figure.js';
import { rounds } from '../numbers.js';
import { yearOf } from '../scene.js';
import { standalone } from '../server.js';

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const { dataDir: seeded, events, hostIds } = await yearOf(bench);
  const dataDir = join(bench.folder, 'started');
  await cp(seeded, dataDir, { recursive: true });
  const path = `/v1/hosts/${hostIds[0]}`;
  const begin = async (name: string): Promise<number> => {
    const server = await standalone(bench, dataDir, path, name);
    await server.stop();
    return server.startedMs / 1000;
  };
  const fresh = await rounds(bench.quick ? 1 : 2, async () => {
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(dataDir, `read-models.db${suffix}`), { force: true });
    return begin('start-building');
  });
  const ready = await rounds(bench.quick ? 1 : 5, () => begin('start'));
  await rm(dataDir, { recursive: true });
  const count = events.toLocaleString('en');
  return [
    {
      what: `start with ${count} events until the first answer`,
      unit: 's',
      values: ready,
      target: { atMost: 2 },
    },
    { what: `the same when the read models have to be built first`, unit: 's', values: fresh },
  ];
};

export const start: Figure = { name: 'start', measure };
