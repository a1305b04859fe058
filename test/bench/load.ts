import { perform } from './child.js';
import type { Bench } from './figure.js';
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
  /** Answers a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

export const connections = 64;

/** Asks for so long and answers how that went. Rejects when anything was answered with an error. */
export const load = async (bench: Bench, server: Server, asks: Asks, seconds: number): Promise<Loaded> => {
  const input: Load = { url: server.url, headers, seconds, connections, asks };
  const loaded = await perform<Loaded>(bench, 'load', input);
  if (loaded.refused > 0) throw new Error(`${loaded.refused} requests were refused or not answered`);
  return loaded;
};
