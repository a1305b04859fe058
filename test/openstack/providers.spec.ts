import { jest } from '@jest/globals';
import type { Json } from '#libs/kernel/src/json.js';
import { until } from '#test/support/until.js';
import { other, quick, Scene } from './scene.js';

interface Shown {
  readonly region_id: string;
  readonly variables: Readonly<Record<string, Json>>;
  readonly virtual_variables?: Readonly<Record<string, { readonly error: Json }>>;
}

const patienceMs = 30_000;
const aggregate = 'craton-providers';

describe('variables that are looked up at a real Nova', () => {
  jest.setTimeout(240_000);
  const scene = new Scene();
  beforeAll(() => scene.open());
  afterAll(async () => {
    await scene.operator.group(aggregate, []);
    await scene.close();
  });

  const shown = (name: string) => scene.craton.send<Shown>('GET', `/v1/hosts/${scene.host(name).id}`);
  /** What is known may be a second old. */
  const becomes = async (name: string, key: string, wanted: Json) => {
    let host: Shown | undefined;
    await until(
      async () => JSON.stringify((host = await shown(name)).variables[key]) === JSON.stringify(wanted),
      patienceMs,
      () => `${name} shows ${JSON.stringify(host)}`,
    );
  };

  it('are what Nova says of each host: its servers, its service, its aggregates', async () => {
    const { region_id: region } = await shown(quick);
    const soon = { cache_seconds: 1, timeout_ms: 10_000 };
    await scene.craton.send('PUT', `/v1/regions/${region}/variable-providers`, {
      servers: { provider: 'nova.servers', settings: {}, path: '$[*].id', ...soon },
      enabled: { provider: 'nova.service', settings: {}, path: '$.enabled', ...soon },
      reason: { provider: 'nova.service', settings: {}, path: '$.disabled_reason', ...soon },
      aggregates: { provider: 'nova.aggregates', settings: {}, path: `$[?@ == '${aggregate}']`, ...soon },
      stranger: { provider: 'nova.service', settings: { host: 'nobody' }, ...soon },
    });
    const id = await scene.tenants.a.boot(quick, 'looked-up');
    await scene.operator.group(aggregate, [quick]);
    await becomes(quick, 'servers', [id]);
    await becomes(quick, 'aggregates', [aggregate]);
    await becomes(other, 'servers', []);
    await becomes(other, 'aggregates', []);
    await scene.operator.set(quick, false, 'a new disk');
    await becomes(quick, 'enabled', false);
    await becomes(quick, 'reason', 'a new disk');
    expect(await shown(other)).toMatchObject({
      variables: { enabled: true, reason: null, stranger: { $bound: true } },
      virtual_variables: {
        servers: { provider: 'nova.servers', error: null },
        stranger: { error: { code: 'unusable', detail: expect.stringMatching(/nobody/) } },
      },
    });
    expect(scene.craton.complaints).toEqual([]);
  });
});
