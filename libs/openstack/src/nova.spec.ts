import { Faults } from '#libs/clouds/src/simulated/faults.js';
import { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import { newFleet } from '#libs/clouds/src/simulated/fleet.state.js';
import { FakeOpenStack } from '#test/support/fake-openstack.js';
import { HttpClient } from './http-client.js';
import { Keystone } from './keystone.js';
import { Nova } from './nova.js';

const signal = AbortSignal.timeout(60_000);

describe('a client of Nova', () => {
  let openstack: FakeOpenStack;
  let fleet: Fleet;
  let nova: Nova;
  beforeEach(async () => {
    fleet = new Fleet(newFleet({ hosts: ['compute-1', 'compute-2'] }), new Faults());
    openstack = await FakeOpenStack.start(fleet);
    nova = new Nova(new Keystone(openstack.credentials, new HttpClient({ firstPauseMs: 1 })), {
      pageSize: 2,
    });
  });
  afterEach(() => openstack.close());

  const boot = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => fleet.boot({ name: `s${index}`, projectId: 'p', host: 'compute-1' }).id,
    );

  it.each([
    '/compute',
    '/compute/',
    '/compute/v2.1',
    '/compute/v2.1/',
    '/compute/v2',
    '/compute/v2.1/0123abc',
  ])('finds it behind an endpoint spelled %s', async (path) => {
    openstack.endpointPath = path;
    expect(await nova.services({}, signal)).toHaveLength(2);
  });

  it('negotiates once, and says what was agreed with every request', async () => {
    openstack.nova.microversions = { version: '2.60', min_version: '2.1' };
    await nova.services({}, signal);
    await nova.services({}, signal);
    expect(openstack.count('GET', /v2\.1\/$/)).toBe(1);
    expect(openstack.asked.at(-1)?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.60',
      'x-openstack-nova-api-version': '2.60',
    });
  });

  it('negotiates again when it was too old and has been upgraded', async () => {
    openstack.nova.microversions = { version: '2.40', min_version: '2.1' };
    await expect(nova.services({}, signal)).rejects.toThrow(/2\.53/);
    openstack.nova.microversions = { version: '2.93', min_version: '2.1' };
    expect(await nova.services({}, signal)).toHaveLength(2);
  });

  it.each([0, 1, 2, 3, 4, 5])('reads all pages of %d servers', async (count) => {
    const ids = boot(count);
    const found = await nova.servers({ host: 'compute-1' }, signal);
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it('reads all pages of hypervisors, each with its service and address', async () => {
    nova = new Nova(new Keystone(openstack.credentials, new HttpClient()), { pageSize: 1 });
    expect(await nova.hypervisors(signal)).toMatchObject([
      { host_ip: '10.0.0.1', service: { host: 'compute-1' } },
      { host_ip: '10.0.0.2', service: { host: 'compute-2' } },
    ]);
    expect(openstack.count('GET', /os-hypervisors/)).toBe(2);
  });

  it('starts over when the server that a page follows on is gone', async () => {
    const ids = boot(4);
    const removing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (openstack.count('GET', /detail$/) === 1) fleet.remove(ids[1]!);
      return response;
    };
    const keystone = new Keystone(openstack.credentials, new HttpClient({ fetch: removing }));
    const found = await new Nova(keystone, { pageSize: 2 }).servers({ host: 'compute-1' }, signal);
    expect(found.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
    // The first page, the one that failed, and two from the start.
    expect(openstack.count('GET', /detail$/)).toBe(4);
  });

  it('does not start over for ever', async () => {
    const gone = { status: 400, body: { badRequest: { code: 400, message: 'marker [x] not found' } } };
    openstack.disturb('GET', /detail$/, gone, 99);
    await expect(nova.servers({ host: 'compute-1' }, signal)).rejects.toThrow(/marker/);
    expect(openstack.count('GET', /detail$/)).toBe(4);
  });

  it.each(['', '.', '..', 'a/b', 'a?b', '%2e%2e', 'a b'])('asks nothing about a server %j', async (id) => {
    expect(await nova.server(id, signal)).toBeUndefined();
    expect(openstack.asked).toEqual([]);
  });

  it('does not send an order twice', async () => {
    const [id] = boot(1);
    openstack.disturb('POST', /action$/, 'lose');
    await expect(nova.act(id!, { migrate: null }, signal)).rejects.toThrow(/the connection failed/);
    expect(openstack.count('POST', /action$/)).toBe(1);
    expect(await nova.migrations({ instance_uuid: id! }, signal)).toHaveLength(1);
  });

  it('sends what may be said twice again', async () => {
    openstack.disturb('PUT', /os-services/, 'lose');
    const changed = await nova.updateService('service-compute-1', { status: 'disabled' }, signal);
    expect(changed.status).toBe('disabled');
    expect(openstack.count('PUT', /os-services/)).toBe(2);
  });
});
