import { setTimeout as sleep } from 'node:timers/promises';
import { CloudRefused } from '#libs/clouds/src/cloud.port.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { attempt } from './attempt.js';

const stop = () => new AbortController();
const trying = (
  call: Parameters<typeof attempt>[0],
  { deadlineMs = 60_000, settleMs = 60_000, stopping = stop().signal } = {},
) => attempt(call, new Date(Date.now() + deadlineMs), { stopping, settleMs, now: Date.now });
const outcomeOf = (...args: Parameters<typeof trying>) => trying(...args).outcome;

/** Goes on until it is called off. */
const endless = (signal: AbortSignal) => sleep(60_000, null, { signal });

describe('an attempt', () => {
  it('succeeds with what the plugin tells', async () => {
    expect(await outcomeOf(() => Promise.resolve({ a: 1 }))).toEqual({ type: 'success', output: { a: 1 } });
    expect(await outcomeOf(() => Promise.resolve(undefined as never))).toEqual({
      type: 'success',
      output: null,
    });
  });

  it.each([
    [new Error('no luck'), 'no luck', 'failed'],
    [new CloudRefused('the cloud says no'), 'the cloud says no', 'failed'],
    [new StepRefused('never'), 'never', 'final'],
    [new Error('two\nlines\u0007'), 'two lines ', 'failed'],
    [new Error('x'.repeat(5000)), 'x'.repeat(1000), 'failed'],
  ])('fails with the words of %s', async (error, reason, kind) => {
    expect(await outcomeOf(() => Promise.reject(error))).toEqual({ type: 'failure', reason, kind });
  });

  it('fails for good with an output too large for the log', async () => {
    const outcome = await outcomeOf(() => Promise.resolve('x'.repeat(300_000)));
    expect(outcome).toMatchObject({ type: 'failure', kind: 'final' });
  });

  it('is called off at its deadline, also when that is past', async () => {
    for (const deadlineMs of [20, -1])
      expect(await outcomeOf(endless, { deadlineMs })).toMatchObject({
        type: 'failure',
        kind: 'failed',
        reason: expect.stringMatching(/^not done in time: /),
      });
  });

  it('takes the word of the cloud for why it was not done in time', async () => {
    const calledOff = (signal: AbortSignal) =>
      endless(signal).catch(() => {
        throw new CloudRefused('the migration was called off');
      });
    expect(await outcomeOf(calledOff, { deadlineMs: 1 })).toMatchObject({
      reason: 'the migration was called off',
    });
  });

  it('counts as done when it is done after all', async () => {
    const late = (signal: AbortSignal) => endless(signal).catch(() => 'done');
    expect(await outcomeOf(late, { deadlineMs: 1 })).toEqual({ type: 'success', output: 'done' });
  });

  it('is given up when it does not stop, and has not ended before it really has', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const { outcome, ended } = trying(() => promise, { deadlineMs: 1, settleMs: 1 });
    expect(await outcome).toMatchObject({ type: 'failure', reason: expect.stringMatching(/did not stop/) });
    const first = await Promise.race([ended.then(() => 'ended'), sleep(0, 'not yet')]);
    expect(first).toBe('not yet');
    resolve(null);
    await ended;
  });

  it('is lost when the engine stops', async () => {
    const stopping = stop();
    const outcome = outcomeOf(endless, { stopping: stopping.signal });
    stopping.abort(new Error('the engine stops'));
    expect(await outcome).toMatchObject({
      kind: 'lost',
      reason: expect.stringMatching(/^the engine stopped/),
    });
    expect(await outcomeOf(endless, { stopping: stopping.signal })).toMatchObject({ kind: 'lost' });
  });
});
