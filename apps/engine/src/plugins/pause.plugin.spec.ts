import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '#libs/platform/src/clock.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { stepContext } from '#test/support/steps.js';
import { Pause } from './pause.plugin.js';

const startedAt = new Date('2026-11-23T03:00:00Z');
const deadline = new Date('2026-11-23T04:00:00Z');

/** The pause at so many seconds after its first attempt was begun. */
const pauseAt = (seconds: number) =>
  new Pause(
    new (class extends SystemClock {
      override now = () => new Date(startedAt.getTime() + seconds * 1000);
    })(),
  );

describe('a pause', () => {
  it('is over so many seconds after its first attempt was begun, whichever attempt this is', async () => {
    const context = stepContext({ startedAt, deadline, attempt: 3 });
    expect(await pauseAt(10).perform({ seconds: 10 }, context)).toEqual({
      until: '2026-11-23T03:00:10.000Z',
    });
    expect(await pauseAt(9.99).perform({ seconds: 10 }, context)).toEqual({
      until: '2026-11-23T03:00:10.000Z',
    });
  });

  it('takes no longer than it was asked to when the clock was set back meanwhile', async () => {
    const context = stepContext({ startedAt, deadline, attempt: 2 });
    const pausing = pauseAt(-3600).perform({ seconds: 0.01 }, context);
    const late = sleep(10_000, 'late', { ref: false });
    expect(await Promise.race([pausing, late])).not.toBe('late');
  });

  it('knows after a crash whether it is over', async () => {
    const context = stepContext({ startedAt, deadline });
    expect(await pauseAt(9).reconcile({ seconds: 10 }, context)).toBeUndefined();
    expect(await pauseAt(10).reconcile({ seconds: 10 }, context)).toEqual({
      until: '2026-11-23T03:00:10.000Z',
    });
  });

  it('is refused when it does not fit into the deadline', async () => {
    const pausing = pauseAt(0).perform({ seconds: 3601 }, stepContext({ startedAt, deadline }));
    await expect(pausing).rejects.toThrow(StepRefused);
  });

  it('ends when it is called off', async () => {
    const context = stepContext({ startedAt, deadline });
    const pausing = pauseAt(0).perform({ seconds: 60 }, context);
    context.expire();
    await expect(pausing).rejects.toMatchObject({ name: 'AbortError' });
  });
});
