import type { Bench, Figure, Measured } from '../figure.js';
import { type Asks, connections, load } from '../load.js';
import { rounds } from '../numbers.js';
import { scene } from '../scene.js';
import { emptyRoute, type Server, standalone } from '../server.js';

interface Round {
  readonly ours: number;
  readonly empty: number;
  readonly p99: number;
}

const measured = (found: readonly Round[]): Measured => ({
  what: `host registrations over HTTP, ${connections} connections, durable`,
  unit: '/s',
  values: found.map(({ ours }) => ours),
  against: { what: 'the same request to an empty Fastify route', values: found.map(({ empty }) => empty) },
  target: { atLeast: 0.25 },
  notes: { p99Ms: found.map(({ p99 }) => p99) },
});

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const { dataDir, hostIds, cloudId, regionIds } = await scene(bench, 'levels', bench.quick ? 101 : 1001);
  const seconds = bench.quick ? 1 : 4;
  const path = `/v1/hosts/${hostIds[0]}`;
  const servers: Server[] = [];
  try {
    const [empty, ours] = [
      await emptyRoute(bench, path),
      await standalone(bench, dataDir, path, 'host-writes'),
    ];
    servers.push(empty, ours);
    const asks = (prefix: string): Asks => ({ type: 'writes', prefix, cloudId, regionIds });
    const round = async (index: number): Promise<Round> => {
      const bare = await load(bench, empty, asks(`empty-${index}`), seconds);
      const own = await load(bench, ours, asks(`host-${index}`), seconds);
      return { ours: own.rate, empty: bare.rate, p99: own.p99 };
    };
    // The first round compiles.
    return [measured((await rounds(bench.quick ? 2 : 6, round)).slice(1))];
  } finally {
    for (const server of servers) await server.stop();
  }
};

export const hostWrites: Figure = { name: 'host-writes', measure };
