import { HttpClient } from '#libs/openstack/src/http-client.js';
import { Keystone } from '#libs/openstack/src/keystone.js';
import { Nova } from '#libs/openstack/src/nova.js';
import { FakeOpenStack } from '#test/support/fake-openstack.js';
import { CloudUnavailable } from '../cloud.port.js';
import { Faults } from '../simulated/faults.js';
import { Fleet } from '../simulated/fleet.js';
import { newFleet } from '../simulated/fleet.state.js';
import { NovaCloud } from './nova-cloud.js';

const signal = AbortSignal.timeout(60_000);
const pace = { firstPollMs: 2, lastPollMs: 10, settleMs: 5000, callOffMs: 5000 };

describe('the cloud of a Nova', () => {
  let openstack: FakeOpenStack;
  let fleet: Fleet;
  let faults: Faults;
  let cloud: NovaCloud;
  beforeEach(async () => {
    faults = new Faults();
    fleet = new Fleet(newFleet({ hosts: ['one', 'two'], migrationMs: 0 }), faults);
    openstack = await FakeOpenStack.start(fleet);
    const http = new HttpClient({ firstPauseMs: 1, tries: 2 });
    cloud = new NovaCloud(new Nova(new Keystone(openstack.credentials, http)), pace);
  });
  afterEach(() => openstack.close());

  const boot = (host: string) => fleet.boot({ name: 'web', projectId: 'p', host }).id;
  /** Nova lists this migration, whichever status is asked for. */
  const listed = (migration: object) =>
    openstack.disturb('GET', /os-migrations/, { status: 200, body: { migrations: [migration] } }, 99);
  const ids = async (host: string) => (await cloud.instances(host, signal)).map(({ id }) => id);

  it('does not believe that a host is empty when its cell does not answer', async () => {
    const services = [{ id: 'service-one', host: 'one', binary: 'nova-compute', status: 'UNKNOWN' }];
    openstack.disturb('GET', /os-services/, { status: 200, body: { services } }, 99);
    await expect(cloud.instances('one', signal)).rejects.toThrow(CloudUnavailable);
    expect(await cloud.host('one', signal)).toMatchObject({ enabled: false, up: false, zone: null });
  });

  it('tells nothing of its hosts while a cell does not answer, rather than a part', async () => {
    const known = { id: 'service-two', host: 'two', binary: 'nova-compute', status: 'enabled', state: 'up' };
    const services = [{ id: 'service-one', host: 'one', binary: 'nova-compute', status: 'UNKNOWN' }, known];
    openstack.disturb('GET', /os-services/, { status: 200, body: { services } });
    await expect(cloud.hosts(signal)).rejects.toThrow(/the cell of one does not answer/);
    expect(await cloud.hosts(signal)).toHaveLength(2);
  });

  it('says that it does not know the aggregates when it may not ask for them', async () => {
    fleet.group('ssd', ['one']);
    const forbidden = { status: 403, body: { forbidden: { code: 403, message: 'policy' } } };
    openstack.disturb('GET', /os-aggregates/, forbidden);
    expect((await cloud.hosts(signal)).map(({ aggregates }) => aggregates)).toEqual([null, null]);
    expect((await cloud.hosts(signal)).map(({ aggregates }) => aggregates)).toEqual([['ssd'], []]);
  });

  it('lists an instance on both hosts while it is between them', async () => {
    const id = boot('one');
    faults.stick(id);
    fleet.start(id, 'live');
    expect(await ids('one')).toEqual([id]);
    expect(await ids('two')).toEqual([id]);
  });

  it('does not count what a crash has left in the list of migrations', async () => {
    const id = boot('two');
    const migration = { id: 1, instance_uuid: id, migration_type: 'live-migration', status: 'accepted' };
    listed({ ...migration, source_compute: 'one', dest_compute: null });
    expect(await ids('one')).toEqual([]);
  });

  it("does not count on its old host what waits for its owner's word about a resize", async () => {
    const id = boot('two');
    fleet.start(id, 'cold');
    expect(fleet.server(id)).toMatchObject({ host: 'one', status: 'VERIFY_RESIZE' });
    const migration = { id: 1, instance_uuid: id, migration_type: 'resize', status: 'finished' };
    listed({ ...migration, source_compute: 'two', dest_compute: 'one' });
    expect(await ids('two')).toEqual([]);
    expect(await cloud.move(id, 'two', 'cold', signal)).toMatchObject({ to: 'one' });
    expect(fleet.server(id)).toMatchObject({ status: 'VERIFY_RESIZE' });
  });

  it('says what it knows when an older Nova keeps the reason to itself', async () => {
    const id = boot('one');
    faults.fail(id, 'secret of 2.84');
    const events = [{ event: 'cold_migrate', result: 'Error' }];
    const instanceAction = { action: 'migrate', request_id: 'req', message: 'Error', events };
    openstack.disturb('GET', /os-instance-actions\/.+/, { status: 200, body: { instanceAction } }, 9);
    await expect(cloud.move(id, 'one', 'cold', signal)).rejects.toThrow(
      /the cloud reports that migrate failed in cold_migrate/,
    );
  });

  it.each([
    ['is away', () => openstack.disturb('GET', /os-services/, { status: 503 }, 99)],
    ['fails within', () => openstack.disturb('GET', /os-services/, { status: 500 }, 99)],
    ['is silent', () => openstack.disturb('GET', /os-services/, 'lose', 99)],
    ['has too much to do', () => openstack.disturb('GET', /os-services/, { status: 429 }, 99)],
    ['does not know us', () => Object.assign(openstack, { password: 'another' })],
    ['is too old', () => Object.assign(openstack.nova.microversions, { version: '2.40' })],
  ])('cannot be asked while Nova %s', async (_, trouble) => {
    trouble();
    await expect(cloud.hosts(signal)).rejects.toThrow(CloudUnavailable);
  });

  it('lists hosts without their addresses when it may not ask for hypervisors, and not at all when it cannot', async () => {
    openstack.disturb('GET', /os-hypervisors/, { status: 403 });
    expect(await cloud.hosts(signal)).toMatchObject([{ address: null }, { address: null }]);
    openstack.disturb('GET', /os-hypervisors/, { status: 503 }, 99);
    await expect(cloud.hosts(signal)).rejects.toThrow(CloudUnavailable);
  });

  it('does not tell the scheduler twice', async () => {
    await cloud.disable('one', 'window', signal);
    await cloud.disable('one', 'window', signal);
    await cloud.enable('two', signal);
    expect(openstack.count('PUT', /os-services/)).toBe(1);
  });
});
