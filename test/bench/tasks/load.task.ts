import autocannon, { type Options, type Result } from 'autocannon';
import type { Ask, Asks, Load, Loaded } from '../load.js';
import { task } from '../task.js';

/** More than a connection gets through, so that no registration is sent twice. */
const perConnection = 3000;

const listOf = (asks: Asks, connection: number): readonly Ask[] => {
  const numbers = Array.from({ length: perConnection }, (_, index) => index);
  if (asks.type === 'reads') {
    const { hostIds, query } = asks;
    // A step that no usual number of hosts is a multiple of: every host has its turn.
    return numbers.map((index) => ({
      method: 'GET',
      path: `/v1/hosts/${hostIds[(connection * perConnection + index * 7919) % hostIds.length]}${query}`,
    }));
  }
  const { prefix, cloudId, regionIds } = asks;
  return numbers.map((index) => {
    const name = `${prefix}-${connection}-${index}`;
    const region_id = regionIds[index % regionIds.length];
    const body = { name, cloud_id: cloudId, region_id, ip_address: '10.1.2.3', device_type: 'server' };
    return { method: 'POST', path: '/v1/hosts', body: JSON.stringify(body) };
  });
};

/** Above the longest that a run takes: a client's clock starts before the requests of all clients are made. */
const answerSeconds = 300;

/** Counts by kind: a status, the code of an error. */
class Refusals {
  readonly counts: Record<string, number> = {};

  add(kind: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }
}

/** How long answers took in ms, but for the first on each connection, which began before the requests of all were made. */
class Latencies {
  private readonly begun = new Set<unknown>();
  private readonly ms: number[] = [];

  add(connection: unknown, ms: number): void {
    if (this.begun.has(connection)) this.ms.push(ms);
    else this.begun.add(connection);
  }

  /** Of no answers: 0. */
  at(share: number): number {
    const sorted = Float64Array.from(this.ms).sort();
    return sorted[Math.floor(sorted.length * share)] ?? 0;
  }
}

/** Runs, and tells of each answer and each error. Resolves with when the first request could leave, too. */
const fire = (options: Options, refusals: Refusals, latencies: Latencies) =>
  new Promise<{ readonly begun: number; readonly result: Result }>((resolve, reject) => {
    let begun = NaN;
    const run = autocannon(options, (error: Error | null, result) => {
      if (error) reject(error);
      else resolve({ begun, result });
    });
    // What autocannon calls its duration includes the making of all requests, seconds in which none is sent.
    run.on('start', () => {
      begun = Date.now();
    });
    run.on('response', (client, status, _bytes, ms) => {
      latencies.add(client, ms);
      if (status < 200 || status > 299) refusals.add(String(status));
    });
    run.on('reqError', (error: NodeJS.ErrnoException) => refusals.add(error.code ?? error.message));
  });

task(async ({ url, headers, seconds, connections, asks }: Load): Promise<Loaded> => {
  const type = asks.type === 'writes' ? { 'Content-Type': 'application/json' } : {};
  const refusals = new Refusals();
  const latencies = new Latencies();
  let connection = 0;
  const options: Options = {
    url,
    connections,
    duration: seconds,
    timeout: answerSeconds,
    headers: { ...headers, ...type },
    setupClient: (client) => {
      client.setRequests(
        listOf(asks, (connection += 1)).map((ask) => ({ ...ask, headers: { ...headers, ...type } })),
      );
    },
  };
  const { begun, result } = await fire(options, refusals, latencies);
  return {
    answers: result['2xx'],
    rate: (1000 * result['2xx']) / (result.finish.getTime() - begun),
    p50: latencies.at(0.5),
    p99: latencies.at(0.99),
    refused: refusals.counts,
  };
});
