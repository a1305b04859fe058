import type { RunEvent } from './run.events.js';
import { isUnderWay, undoing } from './run-next.policy.js';
import { backOf, isExhausted, nameOf, type Run, type StartedRun, stepOf } from './run-progress.policy.js';

const causeOf = (run: StartedRun): string | undefined => {
  for (const trial of run.forth.values()) {
    const step = stepOf(run, trial.step);
    if (step && isExhausted(step, trial)) return `${nameOf(trial)} failed: ${trial.reason}`;
  }
  return undefined;
};

const whileRunning = (run: StartedRun, at: string): RunEvent | undefined => {
  if (run.position >= run.started.steps.length) return { type: 'RunSucceeded', data: { at } };
  const reason = causeOf(run);
  return reason === undefined ? undefined : { type: 'RunTurnedBack', data: { at, cause: 'failed', reason } };
};

const cannotUndo = (run: StartedRun): string | undefined => {
  const { step, items } = undoing(run) ?? { step: undefined, items: [] };
  const trial = items
    .flatMap((item) => (step && backOf(run, step, item)) ?? [])
    .find(({ status, retryAt }) => status === 'failed' && retryAt === null);
  return trial && `${nameOf(trial)} could not be undone: ${trial.reason}`;
};

const over = (run: StartedRun, at: string): RunEvent => {
  const { cause, reason } = run.turned ?? { cause: 'failed', reason: '' };
  switch (cause) {
    case 'failed':
      return { type: 'RunFailed', data: { at, reason } };
    case 'cancelled':
      return { type: 'RunCancelled', data: { at, reason } };
    case 'expired':
      return { type: 'RunExpired', data: { at, reason } };
  }
};

const whileTurningBack = (run: StartedRun, at: string): RunEvent | undefined => {
  if (isUnderWay(run.forth) || isUnderWay(run.back)) return undefined;
  const obstacle = cannotUndo(run);
  if (obstacle !== undefined)
    return {
      type: 'RunHeld',
      data: { at, reason: `${obstacle}; it was to be undone because ${run.turned?.reason}` },
    };
  return undoing(run) ? undefined : over(run, at);
};

/** What follows from the state without any further doing: the turn or the end of the run. */
export const consequence = (run: Run, at: string): RunEvent | undefined => {
  if (run.status === 'running') return whileRunning(run, at);
  return run.status === 'turning-back' ? whileTurningBack(run, at) : undefined;
};
