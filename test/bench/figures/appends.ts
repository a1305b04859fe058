import { join } from 'node:path';
import { perform } from '../child.js';
import type { Bench, Figure, Measured } from '../figure.js';
import { rounds } from '../numbers.js';

const targets = [
  { writers: 1, atLeast: 0.35 },
  { writers: 64, atLeast: 5 },
  { writers: 256, atLeast: 7 },
] as const;

interface Round {
  readonly appends: number;
  readonly syncs: number;
}

const round = async (bench: Bench, writers: number, index: number): Promise<Round> => {
  const syncs = await perform<number>(bench, 'sync', {
    path: join(bench.folder, 'synced'),
    seconds: bench.quick ? 0.3 : 1,
  });
  const appends = await perform<number>(
    bench,
    'append',
    { path: join(bench.folder, `appends-${writers}-${index}.db`), writers, seconds: bench.quick ? 0.5 : 2 },
    `append-${writers}`,
  );
  return { appends, syncs };
};

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const found = await rounds(bench.quick ? 1 : 5, async (index) => {
    const each = new Map<number, Round>();
    for (const { writers } of targets) each.set(writers, await round(bench, writers, index));
    return each;
  });
  return targets.map(({ writers, atLeast }) => {
    const mine = found.map((each) => each.get(writers) as Round);
    return {
      what: `durable appends, ${writers} ${writers === 1 ? 'writer' : 'writers'}`,
      unit: '/s',
      values: mine.map(({ appends }) => appends),
      against: { what: '4 KiB write + fdatasync', values: mine.map(({ syncs }) => syncs) },
      target: { atLeast },
    };
  });
};

export const appends: Figure = { name: 'appends', measure };
