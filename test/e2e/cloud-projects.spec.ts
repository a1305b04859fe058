import { v7 } from 'uuid';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { ShiftedClock } from '#test/support/engine.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';
import { until } from '#test/support/until.js';

const home = v7();
const key = 'a-key-that-is-long-enough';
const refusal = { status: 403, body: { detail: expect.stringMatching(/may not have the cloud worked on/) } };
const service = { provider: 'nova.service', settings: {} };

const start = (projects: string, eventStore = new MemoryEventStore(), clock = new ShiftedClock()) =>
  startGateway({
    clock,
    modules: [EngineModule],
    eventStore,
    environment: {
      CRATON_CLOUD_PROJECTS: projects,
      CRATON_BOOTSTRAP_PROJECT_ID: home,
      CRATON_BOOTSTRAP_API_KEY: key,
    },
  });

const fleetOf = ({ app }: Gateway) => app.get<SimulatedCloud>(Cloud, { strict: false }).fleet;

/** A host that bears the name of one of the cloud, as anybody may register it. */
const namesake = async (client: Client) => {
  const { regionId } = await newRegion(client);
  const host = await made(client.post('/v1/hosts', { name: 'compute-01', region_id: regionId, ...hardware }));
  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  const window = await made(client.post('/v1/maintenance-windows', { host_id: host.body.id, ends_at }));
  return { regionId, host: `/v1/hosts/${host.body.id}`, window_id: window.body.id as string };
};

const untilOver = async (client: Client, id: string) => {
  const run = async () => (await client.get(`/v1/runs/${id}`)).body;
  await until(async () => !['running', 'turning_back'].includes((await run()).status), 30_000);
  return run();
};

/** A workflow whose plugin only the input names. */
const anything = {
  name: 'anything',
  input_schema: { type: 'object' },
  steps: [
    {
      name: 'step',
      plugin: { $: '/input/plugin' },
      input: { $: '/input/input' },
      deadline_seconds: 10,
      attempts: 5,
      backoff_seconds: 60,
    },
  ],
};

describe('a cloud that is for one project', () => {
  let gateway: Gateway;
  let other: Client;
  beforeAll(async () => {
    gateway = await start(home);
    other = await stranger(gateway);
  });
  afterAll(() => gateway.close());

  it('is worked on for that project', async () => {
    const { window_id } = await namesake(gateway.root);
    const input = { work: { plugin: 'pause', input: { seconds: 0.01 } } };
    const run = await made(gateway.root.post('/v1/runs', { workflow: 'host-maintenance', window_id, input }));
    expect(await untilOver(gateway.root, run.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('is neither maintained, synchronised nor read for another one that has a host of the same name', async () => {
    const { regionId, host, window_id } = await namesake(other);
    const region = `/v1/regions/${regionId}`;
    const before = (await gateway.events()).length;
    expect(await other.post('/v1/runs', { workflow: 'host-maintenance', window_id })).toMatchObject(refusal);
    expect(await other.post(`${region}/synchronise`, {})).toMatchObject(refusal);
    expect(await other.post(`${region}/synchronise`, { dry_run: true })).toMatchObject(refusal);
    expect(await other.put(`${region}/synchronisation`, { every_seconds: 60 })).toMatchObject(refusal);
    expect(await other.put(`${host}/variable-providers`, { service })).toMatchObject({
      status: 400,
      body: { errors: [{ member: 'service.provider', message: expect.stringMatching(/may not have/) }] },
    });
    expect((await gateway.events()).length).toBe(before);
  });

  it('is not touched by a run whose input names the plugin', async () => {
    await made(other.post('/v1/workflows', anything));
    const input = { plugin: 'host.disable', input: { host: 'compute-07', reason: 'not mine' } };
    const run = await made(other.post('/v1/runs', { workflow: 'anything', input }));
    // At once: the other attempts would be minutes away.
    const ended = await untilOver(other, run.body.id);
    expect(ended.steps).toMatchObject([
      { attempt: 1, reason: expect.stringMatching(/may not have the cloud worked on/) },
    ]);
    expect(fleetOf(gateway).host('compute-07').enabled).toBe(true);
  });
});

describe('a project that had the cloud', () => {
  it('is refused what it set up before, in words', async () => {
    const log = new MemoryLog();
    const before = await start('*', new MemoryEventStore(log));
    const { regionId, host } = await namesake(before.root);
    const region = `/v1/regions/${regionId}`;
    expect((await before.root.put(`${host}/variable-providers`, { service })).status).toBe(200);
    expect((await before.root.put(`${region}/synchronisation`, { every_seconds: 60 })).status).toBe(200);
    const stateIn = async (gateway: Gateway) => (await gateway.as(key).get(`${region}/synchronisation`)).body;
    await until(async () => (await stateIn(before)).outcome === 'completed');
    await before.close();

    const later = new ShiftedClock();
    later.shift(5);
    const after = await start(v7(), new MemoryEventStore(log), later);
    try {
      const { variables, virtual_variables: told } = (await after.as(key).get(host)).body;
      expect(variables.service).not.toHaveProperty('enabled');
      expect(told.service.error).toMatchObject({ detail: expect.stringMatching(/may not have the cloud/) });
      await until(async () => (await stateIn(after)).outcome === 'failed');
      const reason = expect.stringMatching(/may not have the cloud worked on/);
      expect(await stateIn(after)).toMatchObject({ reason });
    } finally {
      await after.close();
    }
  });
});
