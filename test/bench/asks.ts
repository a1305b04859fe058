import { perform } from './child.js';
import type { Bench } from './figure.js';
import { headers, type Server } from './server.js';

/** What the task `ask` is told: one connection, one request after the other. */
export interface Asking {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly count: number;
  /** Asked before, and not counted: code that has just been loaded is not yet compiled. */
  readonly skipped: number;
  /** Where variables are changed before each request, so that nothing is answered from what was kept. */
  readonly changed?: string;
}

export interface Answered {
  /** Of each request, from its first byte to the answer's last, in ms. */
  readonly ms: readonly number[];
  /** Length of the last answer. */
  readonly bytes: number;
}

export interface Asked extends Answered {
  /** CPU time of the server for one answer, in ms: says more where others use the machine. Changes count, too. */
  readonly cpuMs: number;
}

/** Asks and measures; rejects when anything is not answered with 200. */
export const ask = async (
  bench: Bench,
  server: Server,
  asking: Omit<Asking, 'url' | 'headers'>,
): Promise<Asked> => {
  const input: Asking = { url: server.url, headers, ...asking };
  const before = server.cpuMs() ?? NaN;
  const answered = await perform<Answered>(bench, 'ask', input);
  const cpuMs = ((server.cpuMs() ?? NaN) - before) / (asking.count + asking.skipped);
  return { ...answered, cpuMs };
};
