import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { find, isObject, NothingThere, pointerOf, resolve } from './pointer.policy.js';
import type { RunStarted, RunTurnedBack, StepStarted, Work } from './run.events.js';
import type { Action, StepDefinition } from './workflow.events.js';

/** The last attempt of a step (or of its fallback) on one item, or of undoing it. */
export interface Trial extends Work {
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly started: StepStarted['data'];
  /** When the first attempt of this phase was begun. */
  readonly firstAt: string;
  readonly output: Json;
  readonly reason: string;
  /** Of a failed one: when it may be tried again; null when this phase has no further attempt. */
  readonly retryAt: string | null;
}

export type RunStatus =
  'running' | 'turning-back' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'held';

export interface StartedRun {
  readonly status: RunStatus;
  readonly started: RunStarted['data'];
  /** Why no further step starts. */
  readonly turned: RunTurnedBack['data'] | null;
  /** Of a run that is over without success. */
  readonly endReason: string | null;
  /** Index of the first step that is not done. */
  readonly position: number;
  /** What the steps that were reached go through: their elements, or why there are none. */
  readonly lists: ReadonlyMap<string, readonly Json[] | NothingThere>;
  /** By name of the done step: `{ output }`. */
  readonly outputs: JsonObject;
  readonly forth: ReadonlyMap<string, Trial>;
  readonly back: ReadonlyMap<string, Trial>;
}

export type Run = { readonly status: 'none' } | StartedRun;

export type Item = number | null;

/** What the run knows of itself from outside its stream: it is a part of pointers' scope. */
export interface RunIdentity {
  readonly runId: string;
  readonly projectId: string;
}

export const maximumItems = 1000;

export const trialKey = (step: string, item: Item) => `${step}/${item ?? ''}`;
export const forthOf = (run: StartedRun, step: StepDefinition, item: Item) =>
  run.forth.get(trialKey(step.name, item));
export const backOf = (run: StartedRun, step: StepDefinition, item: Item) =>
  run.back.get(trialKey(step.name, item));

export const sameWork = (a: Work, b: Work) =>
  a.step === b.step && a.item === b.item && a.phase === b.phase && a.attempt === b.attempt;

/** In words for reasons and logs. */
export const nameOf = ({ step, item }: Work) => (item === null ? `step ${step}` : `step ${step} [${item}]`);

export const stepOf = (run: StartedRun, name: string): StepDefinition | undefined =>
  run.started.steps.find((step) => step.name === name);

export const actionOf = (step: StepDefinition, phase: Work['phase']): Action | undefined =>
  phase === 'step' ? step : step[phase];

/** Failed, with no further attempt and no fallback left. */
export const isExhausted = (step: StepDefinition, trial: Trial | undefined): boolean =>
  trial?.status === 'failed' &&
  trial.retryAt === null &&
  !(trial.phase === 'step' && step.otherwise !== undefined);

const listFor = (run: StartedRun, step: StepDefinition): readonly Json[] | NothingThere => {
  if (step.each === undefined) return [null];
  try {
    const found = resolve(step.each, { input: run.started.input, steps: run.outputs });
    if (!Array.isArray(found)) return new NothingThere(`step ${step.name} has no list to go through`);
    return found.length <= maximumItems
      ? found
      : new NothingThere(`step ${step.name} has ${found.length} items, more than ${maximumItems}`);
  } catch (error) {
    return error instanceof NothingThere ? error : new NothingThere(`step ${step.name} has no list`);
  }
};

/** The items of a step that was reached, in order: `[null]` without `each`, and when there is no list to go through. */
export const itemsOf = (run: StartedRun, step: StepDefinition): readonly Item[] => {
  const list = run.lists.get(step.name);
  if (step.each === undefined || !Array.isArray(list)) return [null];
  return list.map((_, item) => item);
};

const isDone = (run: StartedRun, step: StepDefinition): boolean =>
  itemsOf(run, step).every((item) => forthOf(run, step, item)?.status === 'succeeded');

const outputOf = (run: StartedRun, step: StepDefinition): Json => {
  const outputs = itemsOf(run, step).map((item) => forthOf(run, step, item)?.output ?? null);
  return step.each === undefined ? (outputs[0] ?? null) : outputs;
};

/** The run with its position moved past every step that is done. */
export const advanced = (run: StartedRun): StartedRun => {
  const step = run.started.steps[run.position];
  if (!step) return run;
  const lists = run.lists.has(step.name) ? run.lists : new Map(run.lists).set(step.name, listFor(run, step));
  const here = { ...run, lists };
  if (!isDone(here, step)) return here;
  const outputs = { ...run.outputs, [step.name]: { output: outputOf(here, step) } };
  return advanced({ ...here, outputs, position: run.position + 1 });
};

const hostOf = ({ host }: RunStarted['data']): Json =>
  host && { id: host.hostId, region_id: host.regionId, name: host.name };

const failureOf = (run: StartedRun, step: StepDefinition, work: Work): JsonObject => {
  if (work.phase === 'compensation') return run.turned ? { failure: { reason: run.turned.reason } } : {};
  const reason = forthOf(run, step, work.item)?.reason;
  return work.phase === 'otherwise' && reason ? { failure: { reason } } : {};
};

const itemScope = (run: StartedRun, step: StepDefinition, item: Item): JsonObject => {
  if (step.each === undefined) return {};
  const list = run.lists.get(step.name) ?? [];
  if (list instanceof NothingThere) throw list;
  return { item: list[item ?? 0] ?? null };
};

/** What the pointers of one piece of work look into. */
const scopeOf = (run: StartedRun, step: StepDefinition, work: Work, identity: RunIdentity): JsonObject => ({
  run: {
    id: identity.runId,
    workflow: run.started.workflow,
    project_id: identity.projectId,
    window_id: run.started.windowId,
    host: hostOf(run.started),
  },
  input: run.started.input,
  steps: run.outputs,
  ...itemScope(run, step, work.item),
  ...failureOf(run, step, work),
});

const pluginOf = (plugin: Json, scope: JsonObject): string => {
  const pointer = typeof plugin === 'string' ? undefined : pointerOf(plugin);
  const name = pointer === undefined ? plugin : find(pointer, scope);
  if (typeof name !== 'string') throw new NothingThere('what stands for the plugin is not a name');
  return name;
};

/** The plugin's name and input of one piece of work with every pointer resolved; throws `NothingThere`. */
export const resolvedAction = (
  run: StartedRun,
  step: StepDefinition,
  work: Work,
  identity: RunIdentity,
): { plugin: string; input: JsonObject } => {
  const action = actionOf(step, work.phase);
  if (!action) throw new NothingThere(`step ${step.name} has no ${work.phase}`);
  const scope = scopeOf(run, step, work, identity);
  const input = resolve(action.input, scope);
  if (!isObject(input)) throw new NothingThere(`the input of step ${step.name} is not an object`);
  return { plugin: pluginOf(action.plugin, scope), input };
};
