import { v7 } from 'uuid';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { synchronisation } from '#libs/inventory/src/synchronisation.decider.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { nobody } from '#test/support/event-log.js';
import { hardware, made, newRegion } from '#test/support/places.js';

let gateway: Gateway;
let cloud: SimulatedCloud;
let root: Client;
beforeAll(async () => {
  gateway = await startGateway();
  ({ root } = gateway);
  cloud = gateway.app.get<Cloud>(Cloud, { strict: false }) as SimulatedCloud;
});
afterEach(() => {
  cloud.fleet.group('ssd', []);
  for (const { host } of cloud.fleet.hosts()) {
    cloud.fleet.setEnabled(host, true, null);
    cloud.fleet.setUp(host, true);
  }
});
afterAll(() => gateway.close());

const synchronised = async (regionId: string, order: object = {}) => {
  const { status, body } = await root.post(`/v1/regions/${regionId}/synchronise`, order);
  expect(status).toBe(200);
  return body;
};
const get = async (path: string) => (await root.get(path)).body;
const hostNamed = async (regionId: string, name: string) =>
  (await get(`/v1/hosts?region_id=${regionId}&name=${name}`)).hosts[0];

describe('the schedule of a region', () => {
  const schedule = { every_seconds: 600, device_type: 'blade', retire: true };

  it('is set, shown with who set it, changed whole, and taken away', async () => {
    const { regionId } = await newRegion(root);
    const path = `/v1/regions/${regionId}/synchronisation`;
    expect(await get(path)).toMatchObject({
      region_id: regionId,
      schedule: null,
      outcome: null,
      next_at: null,
    });
    const { status, body } = await root.put(path, schedule);
    expect(status).toBe(200);
    expect(body.schedule).toEqual({
      ...schedule,
      cell_id: null,
      register: true,
      labels: true,
      scheduled_by: gateway.credentials?.username,
    });
    expect(Date.parse(body.next_at)).not.toBeNaN();
    const { body: changed } = await root.put(path, { every_seconds: 60, labels: false });
    expect(changed.schedule).toMatchObject({ every_seconds: 60, device_type: 'server', labels: false });
    expect((await root.delete(path)).status).toBe(204);
    expect(await get(path)).toMatchObject({ schedule: null, next_at: null });
  });

  it('is changed by who has seen the last one, whatever was synchronised meanwhile', async () => {
    const { regionId } = await newRegion(root);
    const path = `/v1/regions/${regionId}/synchronisation`;
    const put = (tag: string | undefined, body: object) => root.put(path, body, { 'if-match': tag ?? '' });
    const first = await put((await root.get(path)).headers['etag'], schedule);
    expect(first.status).toBe(200);
    await synchronised(regionId);
    const second = await put(first.headers['etag'], { every_seconds: 60 });
    expect(second.status).toBe(200);
    expect((await put(first.headers['etag'], schedule)).status).toBe(412);
    expect((await root.delete(path, { 'if-match': first.headers['etag'] ?? '' })).status).toBe(412);
  });

  it('set twice is set once', async () => {
    const { regionId } = await newRegion(root);
    const path = `/v1/regions/${regionId}/synchronisation`;
    await root.put(path, schedule);
    const before = (await gateway.events()).length;
    expect((await root.put(path, schedule)).status).toBe(200);
    expect(await gateway.events()).toHaveLength(before);
  });

  it.each([
    [{ every_seconds: 59 }, 400, 'every_seconds'],
    [{ every_seconds: 604_801 }, 400, 'every_seconds'],
    [{}, 400, 'every_seconds'],
    [{ every_seconds: 60, retire: 'yes' }, 400, 'retire'],
    [{ every_seconds: 60, cell_id: '018f2c5e-0000-7000-8000-000000000000' }, 404, 'cell_id'],
  ])('is refused as %j', async (body, status, member) => {
    const { regionId } = await newRegion(root);
    const answer = await root.put(`/v1/regions/${regionId}/synchronisation`, body);
    expect([answer.status, answer.body.errors[0].member]).toEqual([status, member]);
  });
});

describe('a synchronised region', () => {
  it('has labels of zones and aggregates, and keeps those of people', async () => {
    const { regionId } = await newRegion(root);
    cloud.fleet.group('ssd', ['compute-01', 'compute-02'], 'az-1');
    await synchronised(regionId);
    const host = await hostNamed(regionId, 'compute-01');
    expect(host.labels.toSorted()).toEqual(['nova:aggregate=ssd', 'nova:az=az-1']);
    await root.put(`/v1/hosts/${host.id}/labels`, { labels: ['nova:aggregate=mine'] });
    cloud.fleet.group('ssd', ['compute-02']);
    await synchronised(regionId);
    expect((await hostNamed(regionId, 'compute-01')).labels.toSorted()).toEqual([
      'nova:aggregate=mine',
      'nova:az=nova',
    ]);
    const path = `/v1/hosts?region_id=${regionId}&label=nova:aggregate%3Dssd`;
    expect((await get(path)).hosts.map(({ name }: { name: string }) => name)).toEqual(['compute-02']);
  });

  it('has no labels of the cloud when they are not wanted', async () => {
    const { regionId } = await newRegion(root);
    await synchronised(regionId, { labels: false });
    expect((await hostNamed(regionId, 'compute-01')).labels).toEqual([]);
  });

  it('shows what differs, since when, and what the cloud has to say of its services', async () => {
    const { regionId } = await newRegion(root);
    expect(await get(`/v1/regions/${regionId}/drift`)).toEqual({
      region_id: regionId,
      made_at: null,
      total: 0,
      omitted: 0,
      drift: [],
    });
    await synchronised(regionId);
    cloud.fleet.setEnabled('compute-03', false, 'broken fan');
    cloud.fleet.setUp('compute-04', false);
    const theirs = await made(root.post('/v1/hosts', { name: 'theirs', region_id: regionId, ...hardware }));
    const body = await synchronised(regionId);
    const cursor = (await root.get(`/v1/regions/${regionId}/drift`)).headers['craton-cursor'];
    const drift = await get(`/v1/regions/${regionId}/drift`);
    const nothing = { registered: null, discovered: null, detail: null };
    const [three, four] = [await hostNamed(regionId, 'compute-03'), await hostNamed(regionId, 'compute-04')];
    const differs = { kind: 'different', registered: true, discovered: false };
    const since = drift.made_at;
    expect(drift).toEqual({
      region_id: regionId,
      made_at: expect.any(String),
      total: 3,
      omitted: 0,
      drift: [
        { ...differs, name: 'compute-03', host_id: three.id, member: 'enabled', detail: 'broken fan', since },
        { ...differs, name: 'compute-04', host_id: four.id, member: 'up', detail: null, since },
        { kind: 'unknown', name: 'theirs', host_id: theirs.body.id, member: null, ...nothing, since },
      ],
    });
    expect([body.differences.length, body.unknown, body.unregistered]).toEqual([
      2,
      [{ id: theirs.body.id, name: 'theirs' }],
      [],
    ]);
    const { services } = await get(`/v1/regions/${regionId}/services?enabled=false`);
    expect(services).toMatchObject([
      {
        region_id: regionId,
        host_id: three.id,
        name: 'compute-03',
        up: true,
        disabled_reason: 'broken fan',
        zone: 'nova',
        aggregates: [],
      },
    ]);
    cloud.fleet.setEnabled('compute-03', true, null);
    await synchronised(regionId);
    expect((await get(`/v1/regions/${regionId}/drift`)).drift).toMatchObject([
      { name: 'compute-04', since },
      { name: 'theirs', since },
    ]);
    expect((await get(`/v1/regions/${regionId}/drift?as_of=${cursor}`)).total).toBe(3);
  });

  it('lists services in pages', async () => {
    const { regionId } = await newRegion(root);
    await synchronised(regionId);
    const names: string[] = [];
    let path: string | undefined = `/v1/regions/${regionId}/services?limit=7&sort_keys=name&sort_dir=desc`;
    while (path) {
      const { services, links } = await get(path);
      names.push(...services.map(({ name }: { name: string }) => name));
      path = links.find(({ rel }: { rel: string }) => rel === 'next')?.href;
    }
    expect(names).toEqual(
      cloud.fleet
        .hosts()
        .map(({ host }) => host)
        .toReversed(),
    );
  });

  it('says that the name of a host is taken, and registers the others', async () => {
    const { regionId } = await newRegion(root);
    await made(root.post('/v1/containers', { name: 'compute-05', region_id: regionId, ...hardware }));
    const tried = await synchronised(regionId, { dry_run: true });
    expect([tried.registered.length, tried.unregistered]).toEqual([19, [{ id: null, name: 'compute-05' }]]);
    const done = await synchronised(regionId);
    expect([done.registered.length, done.unregistered]).toEqual([19, [{ id: null, name: 'compute-05' }]]);
    expect((await get(`/v1/regions/${regionId}/drift`)).drift).toMatchObject([
      { kind: 'unregistered', host_id: null, detail: 'a device of another kind has the name' },
    ]);
  });

  it('loses only hosts that a synchronisation brought, and only when it is told to', async () => {
    const { regionId } = await newRegion(root);
    const theirs = await made(root.post('/v1/hosts', { name: 'theirs', region_id: regionId, ...hardware }));
    cloud.fleet.setKnown('passing', true);
    await synchronised(regionId);
    cloud.fleet.setKnown('passing', false);
    const { id } = await hostNamed(regionId, 'passing');
    expect((await synchronised(regionId)).unknown.map(({ name }: { name: string }) => name)).toEqual([
      'passing',
      'theirs',
    ]);
    expect((await synchronised(regionId, { retire: true })).unknown).toEqual([
      { id: theirs.body.id, name: 'theirs' },
    ]);
    expect((await get(`/v1/hosts/${id}`)).retired_at).not.toBeNull();
    expect((await get(`/v1/regions/${regionId}/services?name=passing`)).services).toEqual([]);
  });

  it('is not synchronised while it is being synchronised', async () => {
    const { regionId } = await newRegion(root);
    const [at, deadline] = [0, 60_000].map((more) => new Date(Date.now() + more).toISOString());
    const begin = { type: 'StartSynchronisation', syncId: v7(), cause: 'schedule', engine: 'e/1' } as const;
    const asking = { ...begin, cause: 'request', at: at!, deadline: deadline! } as const;
    const metadata = { ...nobody, commandId: v7() };
    await gateway.app.get(CommandRunner, { strict: false }).run(synchronisation, regionId, asking, metadata);
    const before = (await gateway.events()).length;
    const { status, body } = await root.post(`/v1/regions/${regionId}/synchronise`, {});
    expect([status, body.type]).toEqual([409, '/problems/illegal-state']);
    expect(body.detail).toContain(at);
    expect(await gateway.events()).toHaveLength(before);
    expect(await get(`/v1/regions/${regionId}/synchronisation`)).toMatchObject({ outcome: 'running' });
  });

  it('is gone with all that was known of it', async () => {
    const { regionId } = await newRegion(root);
    await synchronised(regionId);
    expect((await root.delete(`/v1/regions/${regionId}?cascade=true`)).status).toBe(204);
    for (const what of ['synchronisation', 'drift', 'services'])
      expect((await root.get(`/v1/regions/${regionId}/${what}`)).status).toBe(404);
  });
});
