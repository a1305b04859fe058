import type { Bench, Figure, Measured } from '../figure.js';
import { type Asks, connections, facts, load, type Measurement } from '../load.js';
import { rounds } from '../numbers.js';
import { scene } from '../scene.js';
import { emptyRoute, type Server, standalone } from '../server.js';

interface Round {
  readonly own: Measurement;
  readonly bare: Measurement;
}

const measured = (found: readonly Round[]): Measured => ({
  what: `host registrations over HTTP, ${connections} connections, durable`,
  unit: '/s',
  values: found.map(({ own }) => own.rate),
  against: { what: 'the same request to an empty Fastify route', values: found.map(({ bare }) => bare.rate) },
  target: { atLeast: 0.25 },
  notes: facts(
    found.map(({ own }) => own),
    found.map(({ bare }) => bare),
  ),
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
      return { bare, own: await load(bench, ours, asks(`host-${index}`), seconds) };
    };
    // The first round compiles.
    return [measured((await rounds(bench.quick ? 2 : 6, round)).slice(1))];
  } finally {
    for (const server of servers) await server.stop();
  }
};

export const hostWrites: Figure = { name: 'host-writes', measure };
