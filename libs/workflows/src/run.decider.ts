import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { NothingThere } from './pointer.policy.js';
import type { RunEvent, RunStarted, StepFailed, StepStarted, Work } from './run.events.js';
import { consequence } from './run-consequence.policy.js';
import { next } from './run-next.policy.js';
import {
  actionOf,
  advanced,
  nameOf,
  resolvedAction,
  type Run,
  type RunIdentity,
  sameWork,
  type StartedRun,
  stepOf,
  type Trial,
  trialKey,
} from './run-progress.policy.js';
import type { Action } from './workflow.events.js';

export type StartRun = { readonly type: 'StartRun' } & RunStarted['data'];
export type StartStep = {
  readonly type: 'StartStep';
  readonly work: Work;
  readonly engine: string;
  readonly at: string;
} & RunIdentity;
export type RecordSuccess = {
  readonly type: 'RecordSuccess';
  readonly work: Work;
  readonly at: string;
  readonly output: Json;
};
export interface RecordFailure {
  readonly type: 'RecordFailure';
  readonly work: Work;
  readonly at: string;
  readonly reason: string;
  /** `final`: another attempt will not cure it. `lost`: nobody knows the outcome; the next attempt need not wait. */
  readonly kind: 'failed' | 'final' | 'lost';
}

export type RunCommand =
  | StartRun
  | StartStep
  | RecordSuccess
  | RecordFailure
  | { readonly type: 'CancelRun'; readonly at: string; readonly reason: string }
  | { readonly type: 'ExpireRun'; readonly at: string };

const longestBackoffSeconds = 300;

const later = (at: string, seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
const earlier = (a: string, b: string) => (Date.parse(a) < Date.parse(b) ? a : b);

const started = (run: Run): StartedRun => {
  if (run.status === 'none') throw new DomainError('not-found', 'there is no such run');
  return run;
};

const start = (command: StartRun, state: Run): readonly RunEvent[] => {
  if (state.status !== 'none') throw new DomainError('already-exists', 'the run has been started already');
  const { workflowId, workflow, steps, input, host, windowId, at, deadline } = command;
  const data = { workflowId, workflow, steps, input, host, windowId, at, deadline };
  return [{ type: 'RunStarted', data }];
};

const refuseUnlessDue = (run: StartedRun, { work, at }: StartStep) => {
  const due = next(run).find((action) => sameWork(action.work, work));
  if (!due) throw new DomainError('illegal-state', `${nameOf(work)} is not what is to be done now`);
  if (due.notBefore !== null && Date.parse(at) < Date.parse(due.notBefore))
    throw new DomainError('illegal-state', `${nameOf(work)} is not to be tried before ${due.notBefore}`);
  if (work.phase !== 'compensation' && Date.parse(at) >= Date.parse(run.started.deadline))
    throw new DomainError('illegal-state', `the run is past its deadline ${run.started.deadline}`);
};

const deadlineOf = (run: StartedRun, action: Action, { work, at }: StartStep) => {
  const own = later(at, action.deadlineSeconds);
  return work.phase === 'compensation' ? own : earlier(own, run.started.deadline);
};

const startStep = (command: StartStep, state: Run): readonly RunEvent[] => {
  const run = started(state);
  refuseUnlessDue(run, command);
  const { work, at, engine } = command;
  const step = stepOf(run, work.step);
  const action = step && actionOf(step, work.phase);
  if (!action) throw new DomainError('illegal-state', `there is no ${nameOf(work)}`);
  const intent = { ...work, engine, at, deadline: deadlineOf(run, action, command) };
  try {
    return [{ type: 'StepStarted', data: { ...intent, ...resolvedAction(run, step, work, command) } }];
  } catch (error) {
    if (!(error instanceof NothingThere)) throw error;
    const unresolved = typeof action.plugin === 'string' ? action.plugin : '';
    return [
      { type: 'StepStarted', data: { ...intent, plugin: unresolved, input: {} } },
      { type: 'StepFailed', data: { ...work, at, reason: error.message, retryAt: null } },
    ];
  }
};

/** The attempt that the outcome belongs to; undefined when it has one already or a later attempt has taken its place. */
const awaiting = (state: Run, work: Work): Trial | undefined => {
  const run = started(state);
  const trials = work.phase === 'compensation' ? run.back : run.forth;
  const trial = trials.get(trialKey(work.step, work.item));
  return trial?.status === 'running' && sameWork(trial, work) ? trial : undefined;
};

const recordSuccess = ({ work, at, output }: RecordSuccess, state: Run): readonly RunEvent[] =>
  awaiting(state, work) ? [{ type: 'StepSucceeded', data: { ...work, at, output } }] : [];

const retryAt = (run: StartedRun, { work, at, kind }: RecordFailure): string | null => {
  const step = stepOf(run, work.step);
  const action = step && actionOf(step, work.phase);
  const isGivenUp = run.status === 'turning-back' && work.phase !== 'compensation';
  if (!action || kind === 'final' || isGivenUp || work.attempt >= action.attempts) return null;
  if (kind === 'lost') return at;
  return later(at, Math.min(longestBackoffSeconds, action.backoffSeconds * 2 ** (work.attempt - 1)));
};

const recordFailure = (command: RecordFailure, state: Run): readonly RunEvent[] => {
  const { work, at, reason } = command;
  if (!awaiting(state, work)) return [];
  return [{ type: 'StepFailed', data: { ...work, at, reason, retryAt: retryAt(started(state), command) } }];
};

const cancel = (at: string, reason: string, state: Run): readonly RunEvent[] => {
  const run = started(state);
  if (run.status === 'running') return [{ type: 'RunTurnedBack', data: { at, cause: 'cancelled', reason } }];
  if (run.status === 'turning-back' || run.status === 'cancelled') return [];
  throw new DomainError('illegal-state', `the run is over: it has ${endOf(run)}`);
};

const endOf = ({ status }: StartedRun) => (status === 'held' ? 'been held' : status);

const expire = (at: string, state: Run): readonly RunEvent[] => {
  const run = started(state);
  if (run.status !== 'running') return [];
  const { deadline } = run.started;
  if (Date.parse(at) < Date.parse(deadline))
    throw new DomainError('illegal-state', `the run has time until ${deadline}`);
  return [
    { type: 'RunTurnedBack', data: { at, cause: 'expired', reason: `the run was not over by ${deadline}` } },
  ];
};

const decideAlone = (command: RunCommand, state: Run): readonly RunEvent[] => {
  switch (command.type) {
    case 'StartRun':
      return start(command, state);
    case 'StartStep':
      return startStep(command, state);
    case 'RecordSuccess':
      return recordSuccess(command, state);
    case 'RecordFailure':
      return recordFailure(command, state);
    case 'CancelRun':
      return cancel(command.at, command.reason, state);
    case 'ExpireRun':
      return expire(command.at, state);
  }
};

/** The events and, in the same append, all that follows from them. */
const withConsequences = (events: readonly RunEvent[], state: Run, at: string): readonly RunEvent[] => {
  if (events.length === 0) return events;
  const after = events.reduce(evolve, state);
  const further = consequence(after, at);
  return further ? [...events, ...withConsequences([further], after, at)] : events;
};

const decide = (command: RunCommand, state: Run): readonly RunEvent[] =>
  withConsequences(decideAlone(command, state), state, command.at);

const withTrial = (run: StartedRun, trial: Trial): StartedRun => {
  const side = trial.phase === 'compensation' ? 'back' : 'forth';
  return { ...run, [side]: new Map(run[side]).set(trialKey(trial.step, trial.item), trial) };
};

const begun = (run: StartedRun, data: StepStarted['data']): StartedRun => {
  const { step, item, phase, attempt } = data;
  const before = (phase === 'compensation' ? run.back : run.forth).get(trialKey(step, item));
  const firstAt = before?.phase === phase ? before.firstAt : data.at;
  const fresh = { status: 'running', output: null, reason: '', retryAt: null } as const;
  return withTrial(run, { step, item, phase, attempt, started: data, firstAt, ...fresh });
};

const ended = (run: StartedRun, work: Work, outcome: Partial<Trial>): StartedRun => {
  const trial = awaiting(run, work);
  return trial ? withTrial(run, { ...trial, ...outcome }) : run;
};

const failed = (run: StartedRun, { reason, retryAt, ...work }: StepFailed['data']) =>
  ended(run, work, { status: 'failed', reason, retryAt });

const begin = (data: RunStarted['data']): StartedRun =>
  advanced({
    status: 'running',
    started: data,
    turned: null,
    endReason: null,
    position: 0,
    lists: new Map(),
    outputs: {},
    forth: new Map(),
    back: new Map(),
  });

const endings = {
  RunSucceeded: 'succeeded',
  RunFailed: 'failed',
  RunCancelled: 'cancelled',
  RunExpired: 'expired',
  RunHeld: 'held',
} as const;

type Ending = Extract<RunEvent, { type: keyof typeof endings }>;

const over = (state: StartedRun, { type, data }: Ending): StartedRun => ({
  ...state,
  status: endings[type],
  endReason: 'reason' in data ? data.reason : null,
});

const evolveStarted = (state: StartedRun, event: Exclude<RunEvent, RunStarted>): Run => {
  switch (event.type) {
    case 'StepStarted':
      return begun(state, event.data);
    case 'StepSucceeded':
      return advanced(ended(state, event.data, { status: 'succeeded', output: event.data.output }));
    case 'StepFailed':
      return failed(state, event.data);
    case 'RunTurnedBack':
      return { ...state, status: 'turning-back', turned: event.data };
    case 'RunSucceeded':
    case 'RunFailed':
    case 'RunCancelled':
    case 'RunExpired':
    case 'RunHeld':
      return over(state, event);
  }
};

const evolve = (state: Run, event: RunEvent): Run => {
  if (event.type === 'RunStarted') return begin(event.data);
  return state.status === 'none' ? state : evolveStarted(state, event);
};

export const run: Decider<Run, RunCommand, RunEvent> = {
  category: 'run',
  initialState: () => ({ status: 'none' }),
  decide,
  evolve,
};

export { next, type NextAction, underWay } from './run-next.policy.js';
export type { Run, Trial } from './run-progress.policy.js';
