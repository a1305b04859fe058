import { perform } from './child.js';
import type { Bench } from './figure.js';
import { median } from './numbers.js';
import { headers, type Server } from './server.js';

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** What the task `load` is told: every connection sends its own list over and over, one request after the other. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly connections: number;
  readonly asks: Asks;
}

/** What is asked is made where it is sent from: reads of hosts in turn, or registrations under names that are new. */
export type Asks =
  | { readonly type: 'reads'; readonly hostIds: readonly string[]; readonly query: string }
  | {
      readonly type: 'writes';
      readonly prefix: string;
      readonly cloudId: string;
      readonly regionIds: readonly string[];
    };

export interface Loaded {
  /** How many requests did what they should. */
  readonly answers: number;
  /** Of those, in a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** How many were not, by status or kind of error. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Measurement extends Loaded {
  /** CPU time of the server for one answer, in microseconds: says more than the rate where others use the machine. */
  readonly cpuMicros: number;
}

export const connections = 64;

/** Asks for so long and answers how that went. Rejects when anything was answered with an error. */
export const load = async (
  bench: Bench,
  server: Server,
  asks: Asks,
  seconds: number,
): Promise<Measurement> => {
  const input: Load = { url: server.url, headers, seconds, connections, asks };
  const before = server.cpuMs() ?? NaN;
  const loaded = await perform<Loaded>(bench, 'load', input);
  const refused = Object.entries(loaded.refused).map(([kind, count]) => `${count} x ${kind}`);
  if (refused.length > 0) {
    throw new Error(`requests were refused or not answered: ${refused.join(', ')}; ${loaded.answers} were`);
  }
  return { ...loaded, cpuMicros: (1000 * ((server.cpuMs() ?? NaN) - before)) / loaded.answers };
};

/** What the rounds found, the limit and ours in turn. */
export const facts = (ours: readonly Measurement[], limit: readonly Measurement[]) => ({
  p99Ms: ours.map(({ p99 }) => p99),
  cpuMicros: median(ours.map(({ cpuMicros }) => cpuMicros)),
  cpuMicrosOfTheLimit: median(limit.map(({ cpuMicros }) => cpuMicros)),
});
