import type { Bench, Figure, Measured } from '../figure.js';
import { load } from '../load.js';
import { scene } from '../scene.js';
import { type Server, standalone } from '../server.js';

const memoryOf = (server: Server) => {
  const memory = server.memory();
  if (memory === undefined) throw new Error('this system does not tell how much memory a process has');
  return memory;
};

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const { dataDir, hostIds, cloudId, regionIds } = await scene(bench, 'own', bench.quick ? 200 : 10_000);
  // The first start of this log: the process also builds the read models.
  const server = await standalone(bench, dataDir, `/v1/hosts/${hostIds[0]}`);
  try {
    const seconds = bench.quick ? 1 : 5;
    const built = memoryOf(server);
    await load(bench, server, { type: 'reads', hostIds, query: '' }, seconds);
    // Short, since every registration makes the fleet larger than it says.
    await load(bench, server, { type: 'writes', prefix: 'traffic', cloudId, regionIds }, 1);
    await load(bench, server, { type: 'reads', hostIds, query: '' }, seconds);
    const { now, most } = memoryOf(server);
    return [
      {
        what: `memory of standalone, ${hostIds.length.toLocaleString('en')} hosts × 20 variables, after traffic`,
        unit: 'MB',
        values: [now],
        target: { atMost: 400 },
        notes: { afterBuildingMb: built.now, mostMb: most },
      },
    ];
  } finally {
    await server.stop();
  }
};

export const memory: Figure = { name: 'memory', measure };
