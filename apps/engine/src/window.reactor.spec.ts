import { jest } from '@jest/globals';
import { v7 } from 'uuid';
import { region } from '#libs/inventory/src/region.decider.js';
import type { StepDefinition } from '#libs/workflows/src/workflow.events.js';
import { World } from '#test/support/engine.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

describe('a maintenance window in the hands of an engine', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().begin();
  });
  afterEach(() => world.end());

  const untilReleased = () => until(async () => (await world.claimedBy()) === null);
  const claim = (windowId: string) =>
    world.runner.run(
      region,
      world.regionId,
      { type: 'ClaimDevice', deviceId: world.hostId, windowId },
      world.metadata(),
    );
  const detailOf = async (windowId: string) => (await world.events(`window-${windowId}`)).at(-1)?.data;

  it('opens at once when it begins now, with its host claimed before', async () => {
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    const order = (await Array.fromAsync(world.store.readAll())).map(({ type }) => type);
    expect(order.indexOf('DeviceClaimed')).toBeLessThan(order.indexOf('WindowOpened'));
  });

  it('opens when its time has come, also when no engine was there as it was scheduled', async () => {
    const windowId = await world.schedule({ inMinutes: 30 });
    await world.live();
    const sooner = await world.schedule({ inMinutes: 10 });
    world.clock.shift(11);
    await world.untilWindow(sooner, 'open');
    expect(await world.types(`window-${windowId}`)).toEqual(['WindowScheduled']);
    await world.toWindow(sooner, { type: 'CloseWindow', at: world.now() });
    await untilReleased();
    world.clock.shift(20);
    await world.untilWindow(windowId, 'open');
    expect(await world.claimedBy()).toBe(windowId);
  });

  it('is refused while its host is under another, which stays as it is', async () => {
    await world.live();
    const first = await world.schedule();
    await world.untilWindow(first, 'open');
    const second = await world.schedule();
    await world.untilWindow(second, 'closed');
    expect(await detailOf(second)).toMatchObject({
      cause: 'refused',
      detail: expect.stringContaining(first),
    });
    expect(await world.claimedBy()).toBe(first);
  });

  it('is refused when its host is gone', async () => {
    await world.runner.run(
      region,
      world.regionId,
      { type: 'RetireDevice', deviceId: world.hostId },
      world.metadata(),
    );
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'closed');
    expect(await detailOf(windowId)).toMatchObject({ cause: 'refused', detail: 'compute-1 is retired' });
  });

  it('releases its host when it is closed', async () => {
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    await world.toWindow(windowId, { type: 'CloseWindow', at: world.now() });
    await untilReleased();
    const next = await world.schedule();
    await world.untilWindow(next, 'open');
    expect(await world.claimedBy()).toBe(next);
  });

  it('closes at its end and releases its host', async () => {
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    world.clock.shift(60);
    await world.untilWindow(windowId, 'closed');
    expect(await detailOf(windowId)).toMatchObject({ cause: 'end' });
    await untilReleased();
  });

  it('that passed while no engine was there is closed without having been open', async () => {
    const windowId = await world.schedule();
    world.clock.shift(60);
    await world.live();
    await world.untilWindow(windowId, 'closed');
    expect(await world.types(`window-${windowId}`)).toEqual(['WindowScheduled', 'WindowClosed']);
  });

  it('overruns while work goes on, and closes when that is over', async () => {
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    world.cloud.fleet.setUp('compute-1', false);
    const runId = await world.maintain(windowId);
    await until(async () => (await world.types(`window-${windowId}`)).includes('HostMaintenanceBegan'));
    world.clock.shift(60);
    await world.untilWindow(windowId, 'overrun');
    expect(await world.claimedBy()).toBe(windowId);
    world.cloud.fleet.setUp('compute-1', true);
    await world.untilOver(runId);
    await world.untilWindow(windowId, 'closed');
    expect(await world.types(`window-${windowId}`)).toEqual([
      'WindowScheduled',
      'WindowOpened',
      'HostMaintenanceBegan',
      'WindowOverran',
      'HostMaintenanceEnded',
      'WindowClosed',
    ]);
    await untilReleased();
  });

  it('does not let a run work outside it', async () => {
    const windowId = await world.schedule({ inMinutes: 60 });
    await world.live();
    const runId = await world.maintain(windowId);
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('failed');
    expect(await world.types(`window-${windowId}`)).toEqual(['WindowScheduled']);
    expect(world.cloud.fleet.host('compute-1').enabled).toBe(true);
  });

  it('is told of a run that is over and did not say so', async () => {
    await world.live();
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    const step: StepDefinition = {
      name: 'a',
      plugin: 'maintenance.begin',
      input: { window_id: windowId, host_id: world.hostId },
      deadlineSeconds: 10,
      attempts: 1,
      backoffSeconds: 0,
    };
    await world.start([step]);
    await until(async () => (await world.types(`window-${windowId}`)).at(-1) === 'HostMaintenanceEnded');
    expect(await detailOf(windowId)).toMatchObject({ outcome: 'done' });
  });

  it('leaves no claim behind whose window is over or was never written', async () => {
    const cancelled = await world.schedule({ inMinutes: 60 });
    await world.toWindow(cancelled, { type: 'CancelWindow', at: world.now() });
    await claim(cancelled);
    await world.live();
    await untilReleased();
    await claim(v7());
    await untilReleased();
    expect(await world.types(`window-${cancelled}`)).toEqual(['WindowScheduled', 'WindowCancelled']);
  });
});
