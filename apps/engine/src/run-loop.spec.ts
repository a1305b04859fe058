import { jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { World } from '#test/support/engine.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

/** Does what the test says, and remembers what it was asked. */
class Scripted extends StepPlugin {
  override readonly name = 'scripted';
  override readonly inputSchema: JsonObject = { type: 'object' };
  readonly performed: StepContext[] = [];
  readonly reconciled: StepContext[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  script: (context: StepContext) => Promise<Json> = () => Promise.resolve('done');
  known: () => Promise<Json | undefined> = () => Promise.resolve(undefined);

  override async perform(_input: JsonObject, context: StepContext): Promise<Json> {
    this.performed.push(context);
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.atOnce += 1));
    try {
      return await this.script(context);
    } finally {
      this.atOnce -= 1;
    }
  }

  override reconcile(_input: JsonObject, context: StepContext): Promise<Json | undefined> {
    this.reconciled.push(context);
    return this.known();
  }
}

const endless = ({ signal }: StepContext) => sleep(60_000, null, { signal });

describe('a run in the hands of engines', () => {
  let world: World;
  let plugin: Scripted;
  beforeEach(async () => {
    world = await new World().begin();
    plugin = new Scripted();
  });
  afterEach(() => world.end());

  const step = {
    name: 'a',
    plugin: 'scripted',
    input: {},
    deadlineSeconds: 30,
    attempts: 3,
    backoffSeconds: 0.001,
  };
  const live = (name: string, more: object = {}) => world.live({ name, plugins: [plugin], ...more });
  const failures = async (runId: string) =>
    (await world.events(`run-${runId}`)).flatMap(({ type, data }) =>
      type === 'StepFailed' ? [data['reason']] : [],
    );

  it('has each piece of work done by one of them', async () => {
    await Promise.all([live('one'), live('two'), live('three')]);
    const list = Array.from({ length: 12 }, (_, n) => n);
    const each = { ...step, each: { $: '/input/list' }, parallel: 4 };
    const runId = await world.start([each, { ...step, name: 'b' }], { list });
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('succeeded');
    const keys = plugin.performed.map(({ key }) => key);
    expect(keys.toSorted()).toEqual(
      [...list.map((n) => `${runId}/a/${n}/step`), `${runId}/b/-/step`].toSorted(),
    );
    expect(plugin.mostAtOnce).toBeLessThanOrEqual(4);
  });

  it('goes on after a restart that called its work off, from when that was begun', async () => {
    plugin.script = endless;
    const first = await live('one');
    const runId = await world.start([step]);
    await until(() => plugin.performed.length === 1);
    await first.stop();
    expect(await failures(runId)).toEqual([expect.stringMatching(/^the engine stopped/)]);
    plugin.script = () => Promise.resolve('done');
    await live('one');
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('succeeded');
    const [before, after] = plugin.performed;
    expect(after).toMatchObject({ attempt: 2, key: before!.key, startedAt: before!.startedAt });
  });

  it('is not done again when the work of a dead engine turns out to be done', async () => {
    plugin.script = endless;
    const first = await live('one');
    const runId = await world.start([step]);
    await until(() => plugin.performed.length === 1);
    first.mortality.die();
    plugin.known = () => Promise.resolve('was done');
    await live('one');
    await world.untilOver(runId);
    expect(plugin.performed).toHaveLength(1);
    expect((await world.events(`run-${runId}`)).at(-2)).toMatchObject({
      type: 'StepSucceeded',
      data: { attempt: 1, output: 'was done' },
    });
  });

  it('fails an attempt as lost whose outcome cannot be found out', async () => {
    plugin.script = endless;
    const first = await live('one');
    const runId = await world.start([step]);
    await until(() => plugin.performed.length === 1);
    first.mortality.die();
    plugin.known = () => Promise.reject(new Error('nobody knows'));
    plugin.script = () => Promise.resolve('done');
    await live('one');
    await world.untilOver(runId);
    expect(await failures(runId)).toEqual(['outcome lost, and it could not be found out: nobody knows']);
    expect((await world.runState(runId)).status).toBe('succeeded');
  });

  it('is taken over from another engine after its deadline, and not before', async () => {
    plugin.script = endless;
    const first = await live('one');
    const runId = await world.start([{ ...step, deadlineSeconds: 0.3 }]);
    await until(() => plugin.performed.length === 1);
    first.mortality.die();
    plugin.script = () => Promise.resolve('done');
    await live('two', { settings: { takeOverMs: 100 } });
    await world.untilOver(runId);
    const [, begun, lost] = await world.events(`run-${runId}`);
    expect(lost).toMatchObject({ type: 'StepFailed' });
    const { deadline } = begun!.data as { deadline: string };
    const { at } = lost!.data as { at: string };
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(deadline) + 100);
    expect((await world.runState(runId)).status).toBe('succeeded');
  });

  it('does not begin work again that does not stop when its time is over', async () => {
    const { promise, resolve } = Promise.withResolvers<Json>();
    plugin.script = () => promise;
    await live('one', { settings: { settleMs: 1 } });
    const runId = await world.start([{ ...step, deadlineSeconds: 0.05 }]);
    await until(async () => (await failures(runId)).length === 1);
    // Long enough for the watchdog to look at it again.
    const other = await world.start([step]);
    await until(() => plugin.performed.some(({ runId: id }) => id === other));
    expect(plugin.performed.filter(({ runId: id }) => id === runId)).toHaveLength(1);
    plugin.script = () => Promise.resolve('done');
    resolve('late');
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('succeeded');
    expect(plugin.performed.filter(({ runId: id }) => id === runId).map(({ attempt }) => attempt)).toEqual([
      1, 2,
    ]);
  });

  it('records its outcome once the log is there again', async () => {
    const release = Promise.withResolvers<Json>();
    plugin.script = () => release.promise;
    const { mortality } = await live('one');
    const runId = await world.start([step]);
    await until(() => plugin.performed.length === 1);
    mortality.isLogAway = true;
    release.resolve('done');
    await until(() => mortality.refused >= 3);
    mortality.isLogAway = false;
    await world.untilOver(runId);
    expect(plugin.performed).toHaveLength(1);
    expect(plugin.reconciled).toEqual([]);
  });

  it('that was started while no engine was there is found', async () => {
    const runId = await world.start([step]);
    await live('one');
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('succeeded');
  });

  it('waits for what is under way when it is cancelled, and then undoes it', async () => {
    const release = Promise.withResolvers<Json>();
    plugin.script = ({ key }) => (key.endsWith('/step') ? release.promise : Promise.resolve('undone'));
    await live('one');
    const runId = await world.start([
      { ...step, compensation: { ...step } },
      { ...step, name: 'b' },
    ]);
    await until(() => plugin.performed.length === 1);
    await world.toRun(runId, { type: 'CancelRun', at: world.now(), reason: 'not today' });
    release.resolve('done');
    await world.untilOver(runId);
    expect((await world.runState(runId)).status).toBe('cancelled');
    expect(plugin.performed.map(({ key }) => key)).toEqual([
      `${runId}/a/-/step`,
      `${runId}/a/-/compensation`,
    ]);
  });
});
