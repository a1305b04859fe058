import type { Bench, Figure, Measured } from '../figure.js';
import { curves, type SizedCosts } from '../fleet-curves.js';
import { type FleetCosts, FleetRound } from '../fleet-round.js';
import { facts, load, type Measurement } from '../load.js';
import { rounds } from '../numbers.js';
import { scene, type SeededScene } from '../scene.js';
import { emptyRoute, type Server, standalone } from '../server.js';

const sizesOf = ({ quick }: Bench): readonly number[] => (quick ? [100, 300, 1000] : [1000, 10_000, 100_000]);

const started = (bench: Bench, { dataDir, hostIds }: SeededScene): Promise<Server> =>
  standalone(bench, dataDir, `/v1/hosts/${hostIds[0]}`, `fleet-${hostIds.length}`);

/** The costs of single requests in fleets of every size, each in rounds of its own. */
const costsOf = async (bench: Bench, size: number): Promise<SizedCosts> => {
  const seeded = await scene(bench, 'aged', size);
  const server = await started(bench, seeded);
  try {
    const round = new FleetRound(bench, server, seeded);
    const first = await round.first();
    await round.demandAnswers();
    // The first round compiles.
    return { size, first, costs: (await rounds(bench.quick ? 2 : 4, () => round.costs())).slice(1) };
  } finally {
    await server.stop();
  }
};

interface UnderLoad {
  readonly bare: Measurement;
  readonly now: Measurement;
  readonly past: Measurement;
}

const underLoad = async (bench: Bench, size: number): Promise<readonly UnderLoad[]> => {
  const seeded = await scene(bench, 'aged', size);
  const { hostIds, cursor } = seeded;
  const seconds = bench.quick ? 1 : 4;
  const servers: Server[] = [];
  try {
    const [empty, ours] = [await emptyRoute(bench, `/v1/hosts/${hostIds[0]}`), await started(bench, seeded)];
    servers.push(empty, ours);
    const found = await rounds(bench.quick ? 2 : 4, async () => ({
      bare: await load(bench, empty, { type: 'reads', hostIds, query: '' }, seconds),
      now: await load(bench, ours, { type: 'reads', hostIds, query: '' }, seconds),
      past: await load(bench, ours, { type: 'reads', hostIds, query: `?as_of=${cursor}` }, seconds),
    }));
    return found.slice(1);
  } finally {
    for (const server of servers) await server.stop();
  }
};

const single = (found: readonly UnderLoad[], size: string, ago: string): readonly Measured[] => {
  const [now, bare] = [found.map((one) => one.now), found.map((one) => one.bare)];
  return [
    {
      what: `GET host, 20 variables over 5 levels, ${size} hosts`,
      unit: '/s',
      values: now.map(({ rate }) => rate),
      against: {
        what: 'the same request to an empty Fastify route',
        values: bare.map(({ rate }) => rate),
      },
      target: { atLeast: 0.4 },
      notes: facts(now, bare),
    },
    {
      what: 'the same, 99 % of the answers at 64 connections',
      unit: 'ms',
      values: now.map(({ p99 }) => p99),
      target: { atMost: 10 },
    },
    { what: 'the same of the empty Fastify route', unit: 'ms', values: bare.map(({ p99 }) => p99) },
    {
      what: `the same as of ${ago} events ago`,
      unit: '/s',
      values: found.map(({ past }) => past.rate),
      against: { what: 'at present', values: now.map(({ rate }) => rate) },
      target: { atLeast: 1 / 3 },
      notes: facts(
        found.map(({ past }) => past),
        now,
      ),
    },
  ];
};

type Cost = keyof FleetCosts;

const absolute = ({ costs }: SizedCosts, cost: Cost, what: string, atMost: number): Measured => ({
  what,
  unit: 'ms',
  values: costs.map((each) => each[cost].ms),
  target: { atMost },
  notes: { cpuMs: costs.map((each) => each[cost].cpuMs), bytes: costs[0]?.[cost].bytes },
});

const ofThePast = ({ costs }: SizedCosts, [then, now]: readonly [Cost, Cost], what: string): Measured => ({
  what,
  unit: 'ms',
  values: costs.map((each) => each[then].ms),
  against: { what: 'at present', values: costs.map((each) => each[now].ms) },
  target: { atMost: 3 },
  notes: {
    cpuMs: costs.map((each) => each[then].cpuMs),
    cpuMsAtPresent: costs.map((each) => each[now].cpuMs),
  },
});

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const sized = await rounds(3, (index) => costsOf(bench, sizesOf(bench)[index] as number));
  const [, middle, largest] = sized as [SizedCosts, SizedCosts, SizedCosts];
  const { events, hostIds } = await scene(bench, 'aged', largest.size);
  const size = largest.size.toLocaleString('en');
  const ago = (events - 2 * hostIds.length).toLocaleString('en');
  return [
    ...single(await underLoad(bench, largest.size), size, ago),
    absolute(largest, 'list', `list of 100 hosts with their variables, of ${size} hosts`, 5),
    ofThePast(largest, ['listThen', 'list'], `the same as of ${ago} events ago`),
    {
      what: `search for two conditions in ${size} hosts, the first of a process`,
      unit: 'ms',
      values: [largest.first.ms],
      target: { atMost: 150 },
      notes: { cpuMs: largest.first.cpuMs },
    },
    absolute(largest, 'cold', 'the same after a change', 150),
    absolute(largest, 'warm', 'the same, when nothing has changed', 40),
    {
      ...ofThePast(largest, ['coldThen', 'cold'], `the search as of ${ago} events ago, for the first time`),
      // Both lay out the fleet; at present a change is followed.
      against: { what: 'the first of a process', values: largest.costs.map(() => largest.first.ms) },
    },
    ofThePast(largest, ['warmThen', 'warm'], 'the same once more'),
    absolute(middle, 'ansible', `inventory for Ansible, ${middle.size.toLocaleString('en')} hosts`, 1000),
    ...curves(sized),
  ];
};

export const fleet: Figure = { name: 'fleet', measure };
