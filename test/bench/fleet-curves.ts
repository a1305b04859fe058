import type { Measured } from './figure.js';
import type { Cost, FleetCosts } from './fleet-round.js';

export interface SizedCosts {
  /** Hosts. */
  readonly size: number;
  /** Of the first search. */
  readonly first: Cost;
  /** Of each round. */
  readonly costs: readonly FleetCosts[];
}

/** Noise of a machine that others use is not growth. */
const tolerance = 1.5;

const single: readonly (readonly [keyof FleetCosts, string])[] = [
  ['host', 'GET host'],
  ['list', 'list of 100 hosts'],
  ['listThen', 'list of 100 hosts, as of the past'],
];
const whole: readonly (readonly [keyof FleetCosts, string])[] = [
  ['cold', 'search after a change'],
  ['warm', 'search, nothing changed'],
  ['coldThen', 'search as of the past, first'],
  ['warmThen', 'search as of the past, again'],
  ['ansible', 'inventory for Ansible'],
  ['export', 'export with inherited variables'],
];

/** What each answer costs in the smallest fleet and in the largest: the same for a single thing, no worse than linear for the fleet. */
export const curves = (sized: readonly SizedCosts[]): readonly Measured[] => {
  const [smallest, largest] = [sized[0] as SizedCosts, sized.at(-1) as SizedCosts];
  const factor = largest.size / smallest.size;
  const curve =
    (growth: number) =>
    ([cost, what]: readonly [keyof FleetCosts, string]): Measured => ({
      what,
      unit: 'ms',
      values: largest.costs.map((each) => each[cost].ms),
      against: {
        what: `${smallest.size.toLocaleString('en')} hosts`,
        values: smallest.costs.map((each) => each[cost].ms),
      },
      target: { atMost: growth },
      curve: sized.map(({ size, costs }) => ({ size, values: costs.map((each) => each[cost].ms) })),
      notes: { cpuMs: sized.map(({ costs }) => costs.map((each) => each[cost].cpuMs)) },
    });
  return [...single.map(curve(tolerance)), ...whole.map(curve(factor))];
};
