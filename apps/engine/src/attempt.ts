import { CloudRefused, CloudUnavailable } from '#libs/clouds/src/cloud.port.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import {
  DeadlineReached,
  type StepContext,
  type StepPlugin,
  StepRefused,
} from '#libs/workflows/src/step-plugin.port.js';

/** What came of an attempt. Undefined outcome: nobody may know, since the engine stops. */
export type Outcome =
  | { readonly type: 'success'; readonly output: Json }
  | { readonly type: 'failure'; readonly reason: string; readonly kind: 'failed' | 'final' | 'lost' };

export interface Patience {
  readonly stopping: AbortSignal;
  readonly settleMs: number;
  readonly now: () => number;
}

const longestReason = 1000;
const longestOutput = 262_144;
// oxlint-disable-next-line no-control-regex -- reasons travel in notifications and in terminals
const control = /[\u0000-\u001f\u007f]+/g;

/** In words for the log: bounded, on one line. */
export const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(control, ' ').slice(0, longestReason);
};

const success = (output: Json): Outcome =>
  JSON.stringify(output ?? null).length > longestOutput
    ? { type: 'failure', reason: 'the output is too large to be recorded', kind: 'final' }
    : { type: 'success', output: output ?? null };

const knowsWords = (error: unknown) =>
  error instanceof CloudRefused || error instanceof CloudUnavailable || error instanceof StepRefused;

const isForGood = (error: unknown) =>
  error instanceof StepRefused || (error instanceof DomainError && error.code === 'forbidden');

const failure = (error: unknown, signal: AbortSignal, stopping: AbortSignal): Outcome => {
  if (isForGood(error)) return { type: 'failure', reason: reasonOf(error), kind: 'final' };
  if (stopping.aborted)
    return { type: 'failure', reason: `the engine stopped: ${reasonOf(error)}`, kind: 'lost' };
  const isLate = signal.reason instanceof DeadlineReached && !knowsWords(error);
  const reason = isLate ? `not done in time: ${reasonOf(error)}` : reasonOf(error);
  return { type: 'failure', reason, kind: 'failed' };
};

/** Aborted when the time is over or the engine stops. */
const limited = ({ stopping, now }: Patience, deadline: Date): { signal: AbortSignal; end: () => void } => {
  const controller = new AbortController();
  const abort = () => {
    controller.abort(stopping.aborted ? stopping.reason : new DeadlineReached('the time is over'));
  };
  const timer = setTimeout(abort, Math.max(0, deadline.getTime() - now()));
  stopping.addEventListener('abort', abort);
  if (stopping.aborted) abort();
  const end = () => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, end };
};

/** Rejects so long after the signal was aborted. */
const overdue = (signal: AbortSignal, afterMs: number): { promise: Promise<never>; end: () => void } => {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(() => {
      reject(new Error('it did not stop when its time was over'));
    }, afterMs);
  };
  signal.addEventListener('abort', wait);
  if (signal.aborted) wait();
  promise.catch(() => undefined);
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', wait);
  };
  return { promise, end };
};

type Call<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Calls a plugin within its time. `outcome` is there at the latest `settleMs` after the deadline; `ended` when the plugin has
 * really come back, and only then may the same work be begun again in this process.
 */
export const attempt = (
  call: Call<Json>,
  deadline: Date,
  patience: Patience,
): { readonly outcome: Promise<Outcome>; readonly ended: Promise<unknown> } => {
  const { signal, end: endLimit } = limited(patience, deadline);
  const late = overdue(signal, patience.settleMs);
  const called = call(signal);
  const outcome = Promise.race([called, late.promise])
    .then(success, (error: unknown) => failure(error, signal, patience.stopping))
    .finally(() => {
      endLimit();
      late.end();
    });
  const ended = called.catch(() => undefined);
  return { outcome, ended };
};

/** Asks what became of an attempt whose outcome was lost. Rejects when that cannot be found out. */
export const reconciled = async (
  plugin: StepPlugin,
  input: JsonObject,
  context: StepContext,
): Promise<Outcome> => {
  const output = await plugin.reconcile?.(input, context);
  return output === undefined
    ? { type: 'failure', reason: 'outcome lost: the engine that did it is gone', kind: 'lost' }
    : success(output);
};
