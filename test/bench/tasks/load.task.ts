import autocannon from 'autocannon';
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

task(async ({ url, headers, seconds, connections, asks }: Load): Promise<Loaded> => {
  const type = asks.type === 'writes' ? { 'Content-Type': 'application/json' } : {};
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    headers: { ...headers, ...type },
    setupClient: (client) => {
      client.setRequests(
        listOf(asks, (connection += 1)).map((ask) => ({ ...ask, headers: { ...headers, ...type } })),
      );
    },
  });
  return {
    rate: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result.non2xx + result.errors,
  };
});
