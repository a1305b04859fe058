import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudRefused, CloudUnavailable } from '../cloud.port.js';
import { SimulatedCloud, type SimulatedOptions } from './simulated-cloud.js';

const signal = AbortSignal.timeout(60_000);

describe('a simulated cloud', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'fleet-'));
    path = join(directory, 'data', 'cloud.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const host = async (cloud: SimulatedCloud, name: string) =>
    (await cloud.instances(name, signal)).map(({ id }) => id);

  it('has twenty hosts and sixty instances of four projects unless told otherwise', async () => {
    const cloud = new SimulatedCloud();
    const hosts = await cloud.hosts(signal);
    expect(hosts).toHaveLength(20);
    expect([hosts[0]?.host, hosts[19]?.host]).toEqual(['compute-01', 'compute-20']);
    const all = (await Promise.all(hosts.map((one) => cloud.instances(one.host, signal)))).flat();
    expect(all).toHaveLength(60);
    expect(new Set(all.map(({ projectId }) => projectId)).size).toBe(4);
    expect(new Set(all.map(({ id }) => id)).size).toBe(60);
    expect(all.filter(({ status }) => status === 'SHUTOFF')).toHaveLength(5);
    for (const { id } of all)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
  });

  it('is the same for the same seed and another for another', async () => {
    const outcome = async (seed: string) => {
      const cloud = new SimulatedCloud({ seed, migrationMs: 0 });
      const [first] = await cloud.instances('compute-01', signal);
      const { to } = await cloud.move(first!.id, 'compute-01', 'live', signal);
      return { id: first?.id, projectId: first?.projectId, to };
    };
    expect(await outcome('a')).toEqual(await outcome('a'));
    expect((await outcome('a')).id).not.toBe((await outcome('b')).id);
  });

  it('fills hosts evenly and never above their capacity', async () => {
    const instances = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, projectId: 'p', host: 'one' }));
    const hosts = ['one', 'two', 'three'];
    const cloud = new SimulatedCloud({ hosts, instances, capacity: 2, migrationMs: 5 });
    const ids = await host(cloud, 'one');
    const moved = await Promise.allSettled(ids.map((id) => cloud.move(id, 'one', 'live', signal)));
    expect(moved.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(await host(cloud, 'two')).toHaveLength(2);
    expect(await host(cloud, 'three')).toHaveLength(2);
  });

  it('places nothing on a host whose agent is down, and moves nothing off it', async () => {
    const instances = [{ name: 'a', projectId: 'p', host: 'one' }];
    const cloud = new SimulatedCloud({ hosts: ['one', 'two'], instances, migrationMs: 0 });
    const [id] = await host(cloud, 'one');
    cloud.fleet.setUp('two', false);
    expect(await cloud.host('two', signal)).toMatchObject({ up: false, enabled: true });
    await expect(cloud.move(id!, 'one', 'live', signal)).rejects.toThrow(/no valid host/i);
    cloud.fleet.setUp('two', true);
    cloud.fleet.setUp('one', false);
    await expect(cloud.move(id!, 'one', 'cold', signal)).rejects.toThrow(/compute service of one is not up/);
  });

  it('can be slow, silent and well again', async () => {
    const cloud = new SimulatedCloud();
    cloud.faults.delayMs = 3_600_000;
    const slow = cloud.hosts(AbortSignal.timeout(20));
    await expect(slow).rejects.toThrow(CloudUnavailable);
    cloud.faults.delayMs = 0;
    cloud.faults.away = true;
    await expect(cloud.hosts(signal)).rejects.toThrow(CloudUnavailable);
    cloud.faults.heal();
    expect(await cloud.hosts(signal)).toHaveLength(20);
  });

  it('loses answers, and has done what it was asked for all the same', async () => {
    const cloud = new SimulatedCloud({ migrationMs: 0 });
    const [id] = await host(cloud, 'compute-01');
    cloud.faults.loseAnswers(2);
    await expect(cloud.disable('compute-01', 'window', signal)).rejects.toThrow(CloudUnavailable);
    await expect(cloud.move(id!, 'compute-01', 'live', signal)).rejects.toThrow(CloudUnavailable);
    expect(await cloud.disable('compute-01', 'window', signal)).toMatchObject({ disabledReason: 'window' });
    expect(await cloud.move(id!, 'compute-01', 'live', signal)).not.toMatchObject({ to: 'compute-01' });
    expect(cloud.fleet.migrations(id)).toHaveLength(1);
  });

  it('never places an instance on a disabled host', async () => {
    const cloud = new SimulatedCloud({ migrationMs: 0 });
    for (const { host: name } of await cloud.hosts(signal))
      if (name !== 'compute-07') await cloud.disable(name, 'all but one', signal);
    const ids = await host(cloud, 'compute-01');
    for (const id of ids)
      await cloud
        .move(id, 'compute-01', 'live', signal)
        .catch(() => cloud.move(id, 'compute-01', 'cold', signal));
    expect(await host(cloud, 'compute-01')).toEqual([]);
    expect(await host(cloud, 'compute-07')).toEqual(expect.arrayContaining(ids));
  });

  it('forgets old migrations, and none that matters', async () => {
    const instances = [{ name: 'a', projectId: 'p', host: 'one' }];
    const cloud = new SimulatedCloud({ hosts: ['one', 'two'], instances, migrationMs: 0 });
    const [id] = await host(cloud, 'one');
    for (let count = 0; count < 1010; count += 1) cloud.fleet.start(id!, 'live');
    const kept = cloud.fleet.migrations();
    expect(kept).toHaveLength(1000);
    expect(new Set(kept.map((one) => one.id)).size).toBe(1000);
    expect(kept[0]?.id).toBe(1010);
  });

  describe('with a file', () => {
    let now = 0;
    const open = (options: SimulatedOptions = {}) =>
      new SimulatedCloud({ path, now: () => now, hosts: ['one', 'two'], migrationMs: 1000, ...options });

    it('is found again as it was left, whatever else is asked for', async () => {
      const instances = [{ name: 'a', projectId: 'p', host: 'one' }];
      await open({ instances }).disable('two', 'broken fan', signal);
      const again = open({ hosts: ['three'], instances: [] });
      expect(await again.host('two', signal)).toMatchObject({ enabled: false, disabledReason: 'broken fan' });
      expect(await host(again, 'one')).toHaveLength(1);
      expect(readdirSync(join(directory, 'data'))).toEqual(['cloud.json']);
    });

    it.each([
      ['live', 'ACTIVE'],
      ['cold', 'VERIFY_RESIZE'],
    ] as const)('ends what was under way when it was left: %s', (mode, status) => {
      now = 0;
      const before = open({ instances: [{ name: 'a', projectId: 'p', host: 'one' }] });
      const { id } = before.fleet.servers()[0]!;
      before.fleet.start(id, mode);
      now = 999;
      expect(open().fleet.server(id)).toMatchObject({ host: 'one', task: expect.any(String) });
      now = 1000;
      expect(open().fleet.server(id)).toMatchObject({ host: 'two', status, task: null });
      expect(open().fleet.migrations(id)).toHaveLength(1);
    });

    it('fails what was bound to fail when it was left', () => {
      now = 0;
      const before = open({ instances: [{ name: 'a', projectId: 'p', host: 'one' }] });
      const { id } = before.fleet.servers()[0]!;
      before.faults.fail(id, 'the disk is full');
      before.fleet.start(id, 'live');
      now = 5000;
      expect(open().fleet.server(id)).toMatchObject({ host: 'one', status: 'ACTIVE', task: null });
      expect(open().fleet.migrations(id)).toMatchObject([{ status: 'error', why: 'the disk is full' }]);
    });

    it.each(['', '{', '[]', 'null', '{"fleet":2}', '{"fleet":1,"hosts":{}}'])(
      'does not take %j for a fleet, and leaves it alone',
      (text) => {
        path = join(directory, 'other.json');
        writeFileSync(path, text);
        expect(() => open()).toThrow(`${path} does not hold a simulated fleet`);
      },
    );

    it('says that it is away when its file cannot be written', async () => {
      const cloud = open();
      rmSync(join(directory, 'data'), { recursive: true });
      writeFileSync(join(directory, 'data'), 'in the way');
      await expect(cloud.disable('one', 'x', signal)).rejects.toThrow(CloudUnavailable);
    });
  });

  it('refuses what Nova refuses, in words', async () => {
    const cloud = new SimulatedCloud();
    await expect(cloud.host('compute-99', signal)).rejects.toThrow(
      new CloudRefused('the cloud knows no compute host compute-99'),
    );
  });
});
