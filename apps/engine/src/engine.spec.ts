import { jest } from '@jest/globals';
import { v7 } from 'uuid';
import type { Recorded } from '#libs/kernel/src/event.js';
import type { RunEvent } from '#libs/workflows/src/run.events.js';
import { World } from '#test/support/engine.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

const instances = ['a', 'b', 'c'].map((name) => ({ name, projectId: 'p', host: 'compute-1' }));

describe('an engine', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World({ instances }).begin();
  });
  afterEach(() => world.end());

  const host = () => world.cloud.fleet.host('compute-1');
  const onHost = () => world.cloud.fleet.servers().filter((server) => server.host === 'compute-1');
  const close = (windowId: string) => world.toWindow(windowId, { type: 'CloseWindow', at: world.now() });
  const steps = async (runId: string) =>
    (await world.events(`run-${runId}`)) as unknown as Recorded<RunEvent>[];
  const isAt = async (runId: string, step: string) =>
    (await steps(runId)).some(({ type, data }) => type === 'StepStarted' && data.step === step);
  const endings = async (windowId: string) =>
    (await world.events(`window-${windowId}`)).flatMap(({ type, data }) =>
      type === 'HostMaintenanceEnded' ? [[data['outcome'], data['detail']]] : [],
    );
  const openWindow = async () => {
    const windowId = await world.schedule();
    await world.untilWindow(windowId, 'open');
    return windowId;
  };

  it('maintains a host in its window', async () => {
    await world.live();
    const windowId = await openWindow();
    expect(await world.claimedBy()).toBe(windowId);
    const runId = await world.maintain(windowId);
    await world.untilOver(runId);
    expect((await world.types(`run-${runId}`)).at(-1)).toBe('RunSucceeded');
    expect(onHost()).toEqual([]);
    expect(host()).toMatchObject({ enabled: true, disabledReason: null });
    expect(await endings(windowId)).toEqual([['done', null]]);
    await close(windowId);
    await until(async () => (await world.claimedBy()) === null);
  });

  it('disables the host with its reason and works on it while it is empty', async () => {
    await world.live();
    const runId = await world.maintain(await openWindow(), {
      reason: 'new firmware',
      work: { plugin: 'pause', input: { seconds: 20 } },
    });
    await until(() => isAt(runId, 'work'));
    expect(host()).toMatchObject({ enabled: false, disabledReason: `craton: new firmware (run ${runId})` });
    expect(onHost()).toEqual([]);
  });

  it('does in the name of whoever started the run what it does for it', async () => {
    await world.live();
    const windowId = await openWindow();
    const runId = await world.maintain(windowId);
    await world.untilOver(runId);
    const [started, ...others] = [
      ...(await world.events(`run-${runId}`)),
      ...(await world.events(`window-${windowId}`)).filter(({ type }) => type.startsWith('HostMaintenance')),
    ];
    const { actor, projectId, correlationId } = started!.metadata!;
    for (const { metadata } of others) expect(metadata).toMatchObject({ actor, projectId, correlationId });
  });

  it('leaves a host disabled that was disabled before', async () => {
    await world.live();
    world.cloud.fleet.setEnabled('compute-1', false, 'broken fan');
    const windowId = await openWindow();
    await world.untilOver(await world.maintain(windowId));
    expect(host()).toMatchObject({ enabled: false, disabledReason: 'broken fan' });
    expect(await endings(windowId)).toEqual([['done', 'left disabled, as it was before the maintenance']]);
  });

  it('moves cold what cannot be moved live', async () => {
    await world.live();
    const [stubborn] = world.cloud.fleet.servers();
    world.cloud.faults.refuse(stubborn!.id, 'it does not like that', 'live');
    const windowId = await openWindow();
    await world.untilOver(await world.maintain(windowId));
    expect(await endings(windowId)).toEqual([['done', null]]);
    expect(world.cloud.fleet.migrations(stubborn!.id)).toMatchObject([{ kind: 'cold', status: 'confirmed' }]);
  });

  it('puts the host back and says why when an instance cannot be moved at all', async () => {
    await world.live();
    const [stubborn] = world.cloud.fleet.servers();
    world.cloud.faults.refuse(stubborn!.id, 'it does not like that');
    const windowId = await openWindow();
    const runId = await world.maintain(windowId);
    await world.untilOver(runId);
    expect(host()).toMatchObject({ enabled: true });
    expect(await endings(windowId)).toEqual([
      ['restored', expect.stringMatching(/step evacuate \[\d\] failed: .*it does not like that/)],
    ]);
    expect((await world.types(`run-${runId}`)).at(-1)).toBe('RunFailed');
  });

  it('holds a host whose agent does not come back, says so, and keeps its claim until the window is closed', async () => {
    await world.live();
    const windowId = await openWindow();
    const runId = await world.maintain(windowId, {
      work: { plugin: 'pause', input: { seconds: 0.2 } },
      restore_deadline_seconds: 1,
    });
    await until(() => isAt(runId, 'work'));
    world.cloud.fleet.setUp('compute-1', false);
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('held');
    await until(async () => (await endings(windowId)).length > 0);
    expect(await endings(windowId)).toEqual([
      [
        'held',
        expect.stringMatching(/step disable could not be undone: the agent of compute-1 was not alive/),
      ],
    ]);
    expect(host()).toMatchObject({ enabled: false });
    expect(await world.claimedBy()).toBe(windowId);
    await close(windowId);
    await until(async () => (await world.claimedBy()) === null);
  });

  it('puts a held host back into production once another run in the window succeeds, however many were held', async () => {
    await world.live();
    const windowId = await openWindow();
    const input = { work: { plugin: 'pause', input: { seconds: 0.2 } }, restore_deadline_seconds: 1 };
    const first = await world.maintain(windowId, input);
    await until(() => isAt(first, 'work'));
    world.cloud.fleet.setUp('compute-1', false);
    await world.untilOver(first);
    const second = await world.maintain(windowId, input);
    await world.untilOver(second);
    const third = await world.maintain(windowId, { ...input, reason: 'none too soon' });
    await until(() => isAt(third, 'announce'));
    await world.toRun(third, { type: 'CancelRun', at: world.now(), reason: 'enough' });
    await world.untilOver(third);
    world.cloud.fleet.setUp('compute-1', true);
    await until(async () => (await endings(windowId)).length === 3);
    const fourth = await world.maintain(windowId, input);
    await world.untilOver(fourth);
    expect((await world.runState(fourth)).status).toBe('succeeded');
    expect(host()).toMatchObject({ enabled: true, disabledReason: null });
    expect((await endings(windowId)).map(([outcome]) => outcome)).toEqual(['held', 'held', 'held', 'done']);
  });

  it('says that a held host is held still when the next run turns back before it came to it', async () => {
    await world.live();
    const windowId = await openWindow();
    const first = await world.maintain(windowId, {
      work: { plugin: 'pause', input: { seconds: 0.2 } },
      restore_deadline_seconds: 1,
    });
    await until(() => isAt(first, 'work'));
    world.cloud.fleet.setUp('compute-1', false);
    await world.untilOver(first);
    await until(async () => (await endings(windowId)).length === 1);
    const second = v7();
    await world.toWindow(windowId, { type: 'BeginWork', runId: second, hostId: world.hostId });
    const end = { window_id: windowId, host_id: world.hostId, outcome: 'restored', detail: 'enough' };
    const step = { name: 'a', plugin: 'maintenance.end', input: end };
    const more = { deadlineSeconds: 10, attempts: 1, backoffSeconds: 0 };
    await world.start([{ ...step, ...more }], {}, 600, second);
    await world.untilOver(second);
    expect((await endings(windowId)).at(-1)).toEqual(['held', `still disabled by run ${first}: enough`]);
  });

  it('lets a run expire that is past its deadline', async () => {
    await world.live();
    const step = { name: 'a', plugin: 'host.verify-empty', input: { host: 'compute-1' } };
    const runId = await world.start(
      [{ ...step, deadlineSeconds: 100, attempts: 3, backoffSeconds: 0 }],
      {},
      0.2,
    );
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('expired');
  });

  it.each([
    ['has no such plugin', { plugin: 'no.such', input: {} }, 'there is no plugin no.such'],
    ['finds an input wrong', { plugin: 'pause', input: { seconds: 'x' } }, 'input.seconds must be number'],
  ])('fails a step for good when it %s', async (_, action, words) => {
    await world.live();
    const step = { name: 'a', ...action, deadlineSeconds: 10, attempts: 5, backoffSeconds: 0 };
    const runId = await world.start([step]);
    await world.untilOver(runId);
    const failure = (await steps(runId)).find(({ type }) => type === 'StepFailed');
    expect(failure?.data).toMatchObject({
      attempt: 1,
      retryAt: null,
      reason: expect.stringContaining(words),
    });
  });
});
