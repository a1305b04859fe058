import { EngineModule } from '#apps/engine/src/engine.module.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { made, newRegion } from '#test/support/places.js';
import { until } from '#test/support/until.js';

describe('a region with a schedule', () => {
  let gateway: Gateway;
  let cloud: SimulatedCloud;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [EngineModule] });
    cloud = gateway.app.get<Cloud>(Cloud, { strict: false }) as SimulatedCloud;
  });
  afterAll(() => gateway.close());

  const get = async (path: string) => (await gateway.root.get(path)).body;
  const outcome = (regionId: string) => async () =>
    (await get(`/v1/regions/${regionId}/synchronisation`)).outcome;
  const hostOf = async (regionId: string) =>
    (await get(`/v1/hosts?region_id=${regionId}&name=compute-01`)).hosts[0];

  it('gets its hosts, their labels and its first report from an engine', async () => {
    const { regionId } = await newRegion(gateway.root);
    cloud.fleet.group('ssd', ['compute-01']);
    const put = await gateway.root.put(`/v1/regions/${regionId}/synchronisation`, { every_seconds: 3600 });
    expect(put.status).toBe(200);
    const ended = outcome(regionId);
    await until(async () => (await ended()) === 'completed');
    const state = await get(`/v1/regions/${regionId}/synchronisation`);
    expect(state).toMatchObject({ cause: 'schedule', hosts: 20, registered: 20, drift: 0, reason: null });
    expect(Date.parse(state.next_at) - Date.parse(state.started_at)).toBe(3_600_000);
    const host = await hostOf(regionId);
    expect(host).toMatchObject({ managed_by: 'nova' });
    expect(host.labels.toSorted()).toEqual(['nova:aggregate=ssd', 'nova:az=nova']);
    const { metadata } = (await gateway.events()).at(-1) ?? {};
    expect(metadata?.['actor']).toMatchObject({ username: gateway.credentials?.username });
  });

  it('says why when the cloud is away, and keeps its last report', async () => {
    const { regionId } = await newRegion(gateway.root);
    await gateway.root.post(`/v1/regions/${regionId}/synchronise`, {});
    const { made_at: before } = await get(`/v1/regions/${regionId}/drift`);
    cloud.faults.away = true;
    await gateway.root.put(`/v1/regions/${regionId}/synchronisation`, { every_seconds: 3600 });
    const ended = outcome(regionId);
    await until(async () => (await ended()) === 'failed');
    cloud.faults.heal();
    expect(await get(`/v1/regions/${regionId}/synchronisation`)).toMatchObject({
      reason: expect.stringContaining('the cloud does not answer'),
      made_at: before,
    });
    expect((await get(`/v1/regions/${regionId}/drift`)).made_at).toBe(before);
  });

  it('does not differ because a host of it is under maintenance', async () => {
    const { regionId } = await newRegion(gateway.root);
    const synchronise = async () =>
      (await gateway.root.post(`/v1/regions/${regionId}/synchronise`, {})).body.differences;
    await synchronise();
    const { id: host_id } = await hostOf(regionId);
    const ends_at = new Date(Date.now() + 3_600_000).toISOString();
    const window = await made(gateway.root.post('/v1/maintenance-windows', { host_id, ends_at }));
    cloud.fleet.setEnabled('compute-01', false, 'maintenance');
    expect(await synchronise()).toEqual([]);
    await gateway.root.post(`/v1/maintenance-windows/${window.body.id}/close`, undefined);
    const differs = { id: host_id, name: 'compute-01', member: 'enabled', detail: 'maintenance' };
    await until(async () => (await synchronise()).length > 0);
    expect(await synchronise()).toMatchObject([differs]);
    cloud.fleet.setEnabled('compute-01', true, null);
    expect(await synchronise()).toEqual([]);
  });
});
