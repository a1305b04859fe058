import { jest } from '@jest/globals';
import { v7 } from 'uuid';
import { cloud } from '#libs/inventory/src/cloud.decider.js';
import { region } from '#libs/inventory/src/region.decider.js';
import { synchronisation } from '#libs/inventory/src/synchronisation.decider.js';
import type { SynchronisationOrder } from '#libs/inventory/src/synchronisation.events.js';
import { World } from '#test/support/engine.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

const order: SynchronisationOrder = {
  cloudId: v7(),
  register: true,
  cellId: null,
  deviceType: 'server',
  labels: true,
  retire: false,
};

describe('a region in the hands of an engine', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().begin();
    const command = { type: 'RegisterRegion', regionId: world.regionId, name: 'north', note: null } as const;
    await world.runner.run(cloud, order.cloudId, command, world.metadata());
  });
  afterEach(() => world.end());

  const stream = () => `synchronisation-${world.regionId}`;
  const schedule = (more: Partial<SynchronisationOrder> = {}, everySeconds = 3600) => {
    const wanted = { ...order, ...more };
    const command = {
      type: 'ScheduleSynchronisation',
      at: world.now(),
      everySeconds,
      order: wanted,
    } as const;
    return world.runner.run(synchronisation, world.regionId, command, world.metadata());
  };
  const countOf = async (type: string) => (await world.types(stream())).filter((one) => one === type).length;
  const untilThere = (type: string, count = 1) =>
    until(
      async () => (await countOf(type)) >= count,
      10_000,
      () => `there are not ${count} of ${type}`,
    );
  const devices = async () => {
    const { state } = await world.runner.read(region, world.regionId);
    return [...state.devices.values()].map((device) => ({ ...device, labels: [...device.labels] }));
  };
  const labelsOf = async (name: string) => (await devices()).find((one) => one.name === name)?.labels;
  const drift = async () => {
    const { state } = await world.runner.read(synchronisation, world.regionId);
    return [...state.drift.values()].map(({ kind, name, member }) => [kind, name, member]);
  };
  const lastOf = async (type: string) =>
    (await world.events(stream())).findLast((one) => one.type === type)?.data;

  it('is synchronised at once, and again at each interval', async () => {
    world.cloud.fleet.group('ssd', ['compute-2'], 'az-1');
    await schedule();
    await world.live();
    await untilThere('SynchronisationCompleted');
    expect((await devices()).map(({ name, managedBy, labels }) => [name, managedBy, labels])).toEqual([
      ['compute-1', undefined, ['nova:az=nova']],
      ['compute-2', 'nova', ['nova:az=az-1', 'nova:aggregate=ssd']],
      ['compute-3', 'nova', ['nova:az=nova']],
    ]);
    expect(await lastOf('SynchronisationCompleted')).toMatchObject({ hosts: 3, registered: 2, labelled: 1 });
    world.cloud.fleet.group('ssd', ['compute-1']);
    world.clock.shift(61);
    await untilThere('SynchronisationCompleted', 2);
    expect(await labelsOf('compute-1')).toEqual(['nova:az=nova', 'nova:aggregate=ssd']);
    expect(await labelsOf('compute-2')).toEqual(['nova:az=nova']);
  });

  it('keeps the labels of people, whatever they are called', async () => {
    const theirs = ['rack:7', 'nova:az=elsewhere', 'nova:aggregate=mine'];
    const command = { type: 'AddLabels', deviceId: world.hostId, labels: theirs } as const;
    await world.runner.run(region, world.regionId, command, world.metadata());
    world.cloud.fleet.group('ssd', ['compute-1']);
    await schedule();
    await world.live();
    await untilThere('SynchronisationCompleted');
    world.cloud.fleet.group('ssd', []);
    world.clock.shift(61);
    await untilThere('SynchronisationCompleted', 2);
    expect(await labelsOf('compute-1')).toEqual([...theirs, 'nova:az=nova']);
  });

  it('is known to differ from when it does until it does not any more', async () => {
    await schedule();
    await world.live();
    await untilThere('SynchronisationCompleted');
    expect(await drift()).toEqual([]);
    world.cloud.fleet.setEnabled('compute-1', false, 'broken fan');
    world.cloud.fleet.setKnown('compute-3', false);
    world.clock.shift(61);
    await untilThere('SynchronisationCompleted', 2);
    expect(await drift()).toEqual([
      ['unknown', 'compute-3', null],
      ['different', 'compute-1', 'enabled'],
    ]);
    expect(await lastOf('DriftAppeared')).toMatchObject({ detail: 'broken fan' });
    expect((await devices()).filter(({ retired }) => retired)).toEqual([]);
    world.cloud.fleet.setEnabled('compute-1', true, null);
    await schedule({ retire: true });
    await untilThere('SynchronisationCompleted', 3);
    expect(await drift()).toEqual([]);
    expect((await devices()).filter(({ retired }) => retired).map(({ name }) => name)).toEqual(['compute-3']);
  });

  it('is tried again when the cloud was away, and told why', async () => {
    world.cloud.faults.away = true;
    await schedule();
    await world.live();
    await untilThere('SynchronisationFailed');
    expect(await lastOf('SynchronisationFailed')).toMatchObject({
      reason: 'the cloud does not tell its hosts: the cloud does not answer',
    });
    world.cloud.faults.heal();
    expect(await countOf('SynchronisationStarted')).toBe(1);
    world.clock.shift(1);
    await untilThere('SynchronisationCompleted');
  });

  it('is not synchronised any more when its schedule is taken away', async () => {
    await schedule();
    await world.live();
    await untilThere('SynchronisationCompleted');
    const command = { type: 'UnscheduleSynchronisation', at: world.now() } as const;
    await world.runner.run(synchronisation, world.regionId, command, world.metadata());
    world.clock.shift(600);
    // A region scheduled later is looked after: so was this one, if it was to be.
    const other = v7();
    await world.runner.run(
      cloud,
      order.cloudId,
      { type: 'RegisterRegion', regionId: other, name: 'south', note: null },
      world.metadata(),
    );
    const at = world.now();
    const scheduling = { type: 'ScheduleSynchronisation', at, everySeconds: 600, order } as const;
    await world.runner.run(synchronisation, other, scheduling, world.metadata());
    await until(async () =>
      (await world.types(`synchronisation-${other}`)).includes('SynchronisationCompleted'),
    );
    expect((await world.types(stream())).at(-1)).toBe('SynchronisationUnscheduled');
  });

  it('is synchronised once, however many engines there are', async () => {
    await world.live();
    await world.live({ name: 'engine-2' });
    await world.live({ name: 'engine-3' });
    world.cloud.faults.delayMs = 50;
    await schedule();
    await untilThere('SynchronisationCompleted');
    world.clock.shift(61);
    await untilThere('SynchronisationCompleted', 2);
    const works = ['SynchronisationStarted', 'SynchronisationCompleted', 'SynchronisationFailed'];
    expect((await world.types(stream())).filter((type) => works.includes(type))).toEqual([
      'SynchronisationStarted',
      'SynchronisationCompleted',
      'SynchronisationStarted',
      'SynchronisationCompleted',
    ]);
    expect(await devices()).toHaveLength(3);
  });

  it('is looked after on behalf of whoever set the schedule', async () => {
    await schedule();
    await world.live();
    await untilThere('SynchronisationCompleted');
    const events = [...(await world.events(stream())), ...(await world.events(`region-${world.regionId}`))];
    const actors = events.map(({ metadata }) => metadata?.['actor']);
    expect(actors.filter((actor) => (actor as { username?: string }).username !== 'somebody')).toEqual([]);
  });

  it('is given up by its gateway or engine after the deadline, and then looked after by another', async () => {
    const begin = (engine: string | null) =>
      world.runner.run(
        synchronisation,
        world.regionId,
        {
          type: 'StartSynchronisation',
          syncId: v7(),
          cause: 'request',
          engine,
          at: world.now(),
          deadline: new Date(world.clock.now().getTime() + 300_000).toISOString(),
        },
        world.metadata(),
      );
    await begin(null);
    await world.live();
    world.clock.shift(4);
    await schedule();
    expect(await countOf('SynchronisationFailed')).toBe(0);
    world.clock.shift(2);
    await untilThere('SynchronisationCompleted');
    expect(await lastOf('SynchronisationFailed')).toMatchObject({ reason: 'it did not end by its deadline' });
  });
});

describe('a region whose engine dies', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().begin();
    const command = { type: 'RegisterRegion', regionId: world.regionId, name: 'north', note: null } as const;
    await world.runner.run(cloud, order.cloudId, command, world.metadata());
    const at = world.now();
    const scheduling = { type: 'ScheduleSynchronisation', at, everySeconds: 3600, order } as const;
    await world.runner.run(synchronisation, world.regionId, scheduling, world.metadata());
  });
  afterEach(() => world.end());

  const types = () => world.types(`synchronisation-${world.regionId}`);

  // It begins, records services, registers the hosts in two writes, labels the one that was there, and ends.
  const deaths = [1, 2, 3, 4, 5, 6].flatMap((append) => [
    { append, when: 'before' as const },
    { append, when: 'after' as const },
  ]);

  it.each(deaths)('$when write $append is finished by its next life', async (death) => {
    const dying = await world.live({ death });
    await until(
      () => dying.mortality.isGone,
      10_000,
      () => 'the engine did not die',
    );
    await dying.stop();
    await world.live();
    const isOver = async () =>
      ['SynchronisationFailed', 'SynchronisationCompleted'].includes((await types()).at(-1) ?? '');
    await until(isOver, 10_000, () => 'nobody has looked after the region');
    world.clock.shift(1);
    await until(async () => (await types()).includes('SynchronisationCompleted'), 10_000);
    const { state } = await world.runner.read(region, world.regionId);
    expect([...state.devices.values()].map(({ name, labels }) => [name, [...labels]])).toEqual([
      ['compute-1', ['nova:az=nova']],
      ['compute-2', ['nova:az=nova']],
      ['compute-3', ['nova:az=nova']],
    ]);
    const { drift, services } = (await world.runner.read(synchronisation, world.regionId)).state;
    expect([drift.size, services.size]).toEqual([0, 3]);
  });
});
