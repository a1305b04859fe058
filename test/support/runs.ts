import type { Json } from '#libs/kernel/src/json.js';
import { next, run, type RunCommand, type StartRun } from '#libs/workflows/src/run.decider.js';
import type { RunEvent, Work } from '#libs/workflows/src/run.events.js';
import type { Run } from '#libs/workflows/src/run-progress.policy.js';
import type { StepDefinition } from '#libs/workflows/src/workflow.events.js';
import { given } from './given.js';

export const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 3) + seconds * 1000).toISOString();
export const identity = { runId: 'r1', projectId: 'p1' };

export const step = (name: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
  name,
  plugin: 'some.thing',
  input: {},
  deadlineSeconds: 60,
  attempts: 1,
  backoffSeconds: 10,
  ...more,
});
export const undo = { plugin: 'undo.it', input: {}, deadlineSeconds: 30, attempts: 2, backoffSeconds: 1 };

export const starting = (...steps: StepDefinition[]): StartRun => ({
  type: 'StartRun',
  workflowId: 'w1',
  workflow: 'some-work',
  steps,
  input: { hosts: ['a', 'b', 'c'], none: [], word: 'x' },
  host: { hostId: 'h1', regionId: 'g1', name: 'compute-1' },
  windowId: 'win1',
  at: at(0),
  deadline: at(1000),
});

export const work = (name: string, more: Partial<Work> = {}): Work => ({
  step: name,
  item: null,
  phase: 'step',
  attempt: 1,
  ...more,
});
export const start = (of: Work, seconds: number, engine = 'e1'): RunCommand => ({
  type: 'StartStep',
  work: of,
  engine,
  at: at(seconds),
  ...identity,
});
export const succeed = (of: Work, seconds: number, output: Json = null): RunCommand => ({
  type: 'RecordSuccess',
  work: of,
  at: at(seconds),
  output,
});
export const fail = (
  of: Work,
  seconds: number,
  kind: 'failed' | 'final' | 'lost' = 'failed',
): RunCommand => ({
  type: 'RecordFailure',
  work: of,
  at: at(seconds),
  reason: 'no luck',
  kind,
});

/** The history that a list of commands makes. */
export const after = (...commands: readonly RunCommand[]): readonly RunEvent[] => {
  let state: Run = run.initialState();
  return commands.flatMap((command) => {
    const events = run.decide(command, state);
    state = events.reduce(run.evolve, state);
    return events;
  });
};
export const stateAfter = (...commands: readonly RunCommand[]) => given(run, ...after(...commands)).state();
export const types = (events: readonly RunEvent[]) => events.map(({ type }) => type);
export const due = (...commands: readonly RunCommand[]) =>
  next(stateAfter(...commands)).map((action) => action.work);
