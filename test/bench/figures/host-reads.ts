import type { Bench, Figure, Measured } from '../figure.js';
import { type Asks, facts, load } from '../load.js';
import { rounds } from '../numbers.js';
import { scene } from '../scene.js';
import { emptyRoute, headers, type Server, standalone } from '../server.js';

/** A figure about twenty variables must not be measured on hosts that show fewer. */
const demandTwenty = async ({ url }: Server, path: string): Promise<void> => {
  const response = await fetch(url + path, { headers });
  const { variables = {} } = (await response.json()) as { variables?: object };
  const count = Object.keys(variables).length;
  if (count !== 20) throw new Error(`a host shows ${count} variables instead of 20`);
};

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const { dataDir, hostIds } = await scene(bench, 'levels', bench.quick ? 100 : 10_000);
  const seconds = bench.quick ? 1 : 4;
  const path = `/v1/hosts/${hostIds[0]}`;
  const asks: Asks = { type: 'reads', hostIds, query: '' };
  const servers: Server[] = [];
  try {
    const [empty, ours] = [
      await emptyRoute(bench, path),
      await standalone(bench, dataDir, path, 'host-reads'),
    ];
    servers.push(empty, ours);
    await demandTwenty(ours, path);
    const found = await rounds(bench.quick ? 2 : 6, async () => {
      const bare = await load(bench, empty, asks, seconds);
      return { bare, own: await load(bench, ours, asks, seconds) };
    });
    // The first round compiles.
    const counted = found.slice(1);
    return [
      {
        what: `GET host, 20 variables over 5 levels, ${hostIds.length.toLocaleString('en')} hosts`,
        unit: '/s',
        values: counted.map(({ own }) => own.rate),
        against: {
          what: 'the same request to an empty Fastify route',
          values: counted.map(({ bare }) => bare.rate),
        },
        target: { atLeast: 0.4 },
        notes: facts(
          counted.map(({ own }) => own),
          counted.map(({ bare }) => bare),
        ),
      },
    ];
  } finally {
    for (const server of servers) await server.stop();
  }
};

export const hostReads: Figure = { name: 'host-reads', measure };
