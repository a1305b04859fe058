import type { Work } from './run.events.js';
import {
  backOf,
  forthOf,
  type Item,
  itemsOf,
  type Run,
  type StartedRun,
  type Trial,
} from './run-progress.policy.js';
import type { StepDefinition } from './workflow.events.js';

/** Begin this work, not before that instant (null: at once). */
export interface NextAction {
  readonly work: Work;
  readonly notBefore: string | null;
}

const first = (step: StepDefinition, item: Item, phase: Work['phase']): NextAction => ({
  work: { step: step.name, item, phase, attempt: 1 },
  notBefore: null,
});

const again = (trial: Trial, notBefore: string): NextAction => ({
  work: { step: trial.step, item: trial.item, phase: trial.phase, attempt: trial.attempt + 1 },
  notBefore,
});

const afterFailure = (step: StepDefinition, trial: Trial): NextAction | undefined => {
  if (trial.retryAt !== null) return again(trial, trial.retryAt);
  const fallsBack = trial.phase === 'step' && step.otherwise !== undefined;
  return fallsBack ? first(step, trial.item, 'otherwise') : undefined;
};

/** What is to be begun for one item; undefined when it is under way, done or given up. */
const toBegin = (step: StepDefinition, item: Item, phase: Work['phase'], trial: Trial | undefined) => {
  if (!trial) return first(step, item, phase);
  return trial.status === 'failed' ? afterFailure(step, trial) : undefined;
};

const slots = (step: StepDefinition, trials: readonly (Trial | undefined)[]) =>
  (step.parallel ?? 1) - trials.filter((trial) => trial?.status === 'running').length;

const forward = (run: StartedRun): readonly NextAction[] => {
  const step = run.started.steps[run.position];
  if (!step) return [];
  const items = itemsOf(run, step);
  const free = slots(
    step,
    items.map((item) => forthOf(run, step, item)),
  );
  return items
    .flatMap((item) => toBegin(step, item, 'step', forthOf(run, step, item)) ?? [])
    .slice(0, Math.max(0, free));
};

/** The items of a step whose work had begun and is not undone, last first. */
const toUndo = (run: StartedRun, step: StepDefinition): readonly Item[] =>
  step.compensation === undefined
    ? []
    : itemsOf(run, step)
        .filter((item) => forthOf(run, step, item) && backOf(run, step, item)?.status !== 'succeeded')
        .toReversed();

/** The last step that still has something to be undone. */
export const undoing = (run: StartedRun): { step: StepDefinition; items: readonly Item[] } | undefined => {
  for (const step of run.started.steps.toReversed()) {
    const items = toUndo(run, step);
    if (items.length > 0) return { step, items };
  }
  return undefined;
};

export const isUnderWay = (trials: ReadonlyMap<string, Trial>): boolean =>
  [...trials.values()].some((trial) => trial.status === 'running');

const backward = (run: StartedRun): readonly NextAction[] => {
  const pending = isUnderWay(run.forth) ? undefined : undoing(run);
  if (!pending) return [];
  const { step, items } = pending;
  const trials = items.map((item) => backOf(run, step, item));
  // One that cannot be undone holds the run: nothing further is begun, what is under way ends.
  if (trials.some((trial) => trial?.status === 'failed' && trial.retryAt === null)) return [];
  return items
    .flatMap((item) => toBegin(step, item, 'compensation', backOf(run, step, item)) ?? [])
    .slice(0, Math.max(0, slots(step, trials)));
};

/** What must be begun now. Empty: the run is over, or rests until something under way has ended. */
export const next = (run: Run): readonly NextAction[] => {
  if (run.status === 'running') return forward(run);
  return run.status === 'turning-back' ? backward(run) : [];
};

/** What was begun and has no outcome yet. */
export const underWay = (run: Run): readonly Trial[] =>
  run.status === 'none'
    ? []
    : [...run.forth.values(), ...run.back.values()].filter((trial) => trial.status === 'running');
