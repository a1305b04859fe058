import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type { Expected, NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

const fleet = Array.from({ length: 20 }, (_, index) => `compute-${String(index + 1).padStart(2, '0')}`);
const namesOf = (hosts: readonly Named[]) => hosts.map(({ name }) => name).toSorted();

describe('synchronising a region with the cloud', () => {
  let gateway: Gateway;
  let cloud: SimulatedCloud;
  let root: Client;
  beforeAll(async () => {
    gateway = await startGateway();
    ({ root } = gateway);
    cloud = gateway.app.get<Cloud>(Cloud, { strict: false }) as SimulatedCloud;
  });
  afterEach(() => {
    cloud.faults.heal();
    for (const host of fleet) cloud.fleet.setEnabled(host, true, null);
  });
  afterAll(() => gateway.close());

  const hostsOf = async (regionId: string) =>
    (await root.get(`/v1/hosts?region_id=${regionId}&limit=100`)).body.hosts;

  it('registers the hosts that the cloud knows, each as the cloud has it', async () => {
    const { regionId, cloudId } = await newRegion(root);
    const cell = await made(root.post('/v1/cells', { name: 'c', region_id: regionId }));
    cloud.fleet.setEnabled('compute-02', false, 'broken');
    const order = { cell_id: cell.body.id, device_type: 'blade' };
    const { status, body } = await root.post(`/v1/regions/${regionId}/synchronise`, order);
    expect([status, namesOf(body.registered)]).toEqual([200, fleet]);
    expect(body).toMatchObject({ dry_run: false, differences: [], unknown: [] });
    const hosts = await hostsOf(regionId);
    expect(namesOf(hosts)).toEqual(fleet);
    expect(hosts.find(({ name }: Named) => name === 'compute-02')).toMatchObject({
      id: body.registered.find(({ name }: Named) => name === 'compute-02').id,
      cloud_id: cloudId,
      cell_id: cell.body.id,
      parent_id: null,
      device_type: 'blade',
      ip_address: '10.0.0.2',
      active: false,
    });
    expect(hosts.filter(({ active }: { active: boolean }) => active)).toHaveLength(19);
  });

  it('registers nothing twice, and only tells what a person has to settle', async () => {
    const { regionId } = await newRegion(root);
    const register = async (name: string, more: object) =>
      (await made(root.post('/v1/hosts', { name, region_id: regionId, ...hardware, ...more }))).body.id;
    const one = await register('compute-01', { ip_address: '192.0.2.1', active: false });
    const two = await register('compute-02', { ip_address: '10.0.0.2' });
    const ours = await register('router', {});
    await root.post(`/v1/hosts/${two}/retire`, undefined);
    const first = await root.post(`/v1/regions/${regionId}/synchronise`, {});
    expect(namesOf(first.body.registered)).toEqual(fleet.slice(2));
    const found = { registered: '192.0.2.1', discovered: '10.0.0.1' };
    const differences = [
      { id: one, name: 'compute-01', member: 'active', registered: false, discovered: true, detail: null },
      { id: one, name: 'compute-01', member: 'ip_address', ...found, detail: null },
      { id: two, name: 'compute-02', member: 'retired', registered: true, discovered: false, detail: null },
    ];
    expect(first.body.differences).toEqual(differences);
    expect(first.body.unknown).toEqual([{ id: ours, name: 'router' }]);
    const before = (await gateway.events()).length;
    const second = await root.post(`/v1/regions/${regionId}/synchronise`, {});
    expect(second.body).toEqual({ ...first.body, registered: [] });
    const written = (await gateway.events()).slice(before).map(({ type }) => type);
    expect(written).toEqual(['SynchronisationStarted', 'SynchronisationCompleted']);
  });

  it('can be tried first', async () => {
    const { regionId } = await newRegion(root);
    const before = (await gateway.events()).length;
    const { body } = await root.post(`/v1/regions/${regionId}/synchronise`, { dry_run: true });
    expect(body.dry_run).toBe(true);
    expect(body.registered[0]).toEqual({ id: null, name: 'compute-01' });
    expect(namesOf(body.registered)).toEqual(fleet);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('happens once under one Idempotency-Key', async () => {
    const { regionId } = await newRegion(root);
    const key = { 'idempotency-key': 'sync-once', 'x-craton-reason': 'new%20rack' };
    const path = `/v1/regions/${regionId}/synchronise`;
    const both = await Promise.all([root.post(path, {}, key), root.post(path, {}, key)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[1]?.body).toEqual(both[0]?.body);
    const { metadata } = (await gateway.events()).at(-1) ?? {};
    expect(metadata).toMatchObject({ reason: 'new rack', request: { key: 'sync-once', subject: regionId } });
    await root.delete(`/v1/hosts/${both[0]?.body.registered[0].id}`);
    cloud.faults.away = true;
    expect((await root.post(path, {}, key)).body.registered).toEqual(both[0]?.body.registered);
    expect(await hostsOf(regionId)).toHaveLength(19);
    expect((await root.post(path, { device_type: 'x' }, key)).status).toBe(422);
  });

  it('is not done on the basis of an old revision of the region', async () => {
    const { regionId } = await newRegion(root);
    const etag = (await root.get(`/v1/regions/${regionId}`)).headers['etag'] ?? '';
    await root.put(`/v1/regions/${regionId}`, { note: 'meanwhile' });
    const path = `/v1/regions/${regionId}/synchronise`;
    expect((await root.post(path, {}, { 'if-match': etag })).status).toBe(412);
    expect(await hostsOf(regionId)).toEqual([]);
    const current = (await root.get(`/v1/regions/${regionId}`)).headers['etag'] ?? '';
    expect((await root.post(path, {}, { 'if-match': current })).body.registered).toHaveLength(20);
  });

  it('can be put back as a whole', async () => {
    const { regionId } = await newRegion(root);
    await root.post(`/v1/regions/${regionId}/synchronise`, {});
    const correlation_id = (await gateway.events()).at(-1)?.metadata?.['correlationId'];
    const { status, body } = await root.post('/v1/revert', { correlation_id, dry_run: false });
    expect([status, body.steps.length]).toEqual([200, 20]);
    expect(await hostsOf(regionId)).toEqual([]);
    const again = await root.post(`/v1/regions/${regionId}/synchronise`, {});
    expect(namesOf(again.body.registered)).toEqual(fleet);
  });

  it('is answered with 503 while the cloud is away, and then nothing happened', async () => {
    const { regionId } = await newRegion(root);
    cloud.faults.away = true;
    const before = (await gateway.events()).length;
    const { status, body, headers } = await root.post(`/v1/regions/${regionId}/synchronise`, {});
    expect([status, body.type]).toEqual([503, '/problems/unavailable']);
    expect(headers['retry-after']).toBeDefined();
    expect(await gateway.events()).toHaveLength(before);
  });

  it('is for those who may register hosts in that region', async () => {
    const { regionId } = await newRegion(root);
    const path = `/v1/regions/${regionId}/synchronise`;
    expect((await (await stranger(gateway)).post(path, {})).status).toBe(404);
    const user = await made(root.post('/v1/users', { username: 'looker', roles: ['viewer'] }));
    expect((await gateway.as(user.body.api_key).post(path, {})).status).toBe(403);
    expect(await hostsOf(regionId)).toEqual([]);
  });

  it.each([
    [{ cell_id: '018f2c5e-0000-7000-8000-000000000000' }, 404, 'cell_id'],
    [{ cell_id: 7 }, 400, 'cell_id'],
    [{ dry_run: 'yes' }, 400, 'dry_run'],
    [{ device_type: '' }, 400, 'device_type'],
    [{ force: true }, 400, 'force'],
  ])('is refused with %j', async (order, expected, member) => {
    const { regionId } = await newRegion(root);
    const { status, body } = await root.post(`/v1/regions/${regionId}/synchronise`, order);
    expect([status, body.errors[0].member]).toEqual([expected, member]);
  });
});

/** A log that goes away once, after some more writes to regions. */
class FalteringStore extends MemoryEventStore {
  writesLeft = Infinity;

  override async append(stream: string, expected: Expected, events: readonly [NewEvent, ...NewEvent[]]) {
    if (stream.startsWith('region-') && this.writesLeft-- === 0) throw new StoreUnavailable('away');
    return super.append(stream, expected, events);
  }
}

describe('a synchronisation that got stuck halfway', () => {
  const store = new FalteringStore();
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ eventStore: store });
  });
  afterAll(async () => {
    await gateway.close();
    await store.close();
  });

  it('is finished by its repetition, which answers as if it had been done at once', async () => {
    const { regionId } = await newRegion(gateway.root);
    const key = { 'idempotency-key': 'stuck' };
    const path = `/v1/regions/${regionId}/synchronise`;
    store.writesLeft = 1;
    expect((await gateway.root.post(path, {}, key)).status).toBe(503);
    const types = (await gateway.events()).map(({ type }) => type);
    expect(types.filter((type) => type === 'DeviceRegistered')).toHaveLength(1);
    const { status, body } = await gateway.root.post(path, {}, key);
    expect([status, namesOf(body.registered)]).toEqual([200, fleet]);
    expect((await gateway.root.get(`/v1/hosts?region_id=${regionId}`)).body.hosts).toHaveLength(20);
  });
});
