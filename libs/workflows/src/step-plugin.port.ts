import type { Actor } from '#libs/kernel/src/event.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** What a plugin is told about the work: nothing of the run but what it needs to be idempotent and to stop in time. */
export interface StepContext {
  /** `<run id>/<step>/<item>/<phase>`: the same for every attempt of one piece of work. */
  readonly key: string;
  readonly attempt: number;
  readonly runId: string;
  readonly projectId: string;
  /** Who started the run. */
  readonly actor: Actor;
  readonly correlationId: string;
  /** When the first attempt of this work was begun: an attempt after a crash goes on from there. */
  readonly startedAt: Date;
  /** Aborted at the attempt's deadline, then with a `DeadlineReached`, and when the engine stops. */
  readonly signal: AbortSignal;
  readonly deadline: Date;
}

/** Why a signal was aborted: the attempt's time is over. */
export class DeadlineReached extends Error {
  override readonly name = 'DeadlineReached';
}

/** The attempt failed for a reason that another attempt will not cure. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused';
}

/**
 * One kind of effect on the outside. `perform` must be safe to call again with the same key after a crash: where the outside
 * does not see to that by itself, `reconcile` asks what became of an attempt whose outcome was lost.
 */
export abstract class StepPlugin {
  /** dot.separated, for example `host.disable`. */
  abstract readonly name: string;
  /** JSON Schema (draft 2020-12) of the input. */
  abstract readonly inputSchema: JsonObject;
  /** Resolves with the output, which is recorded. A rejection's message is recorded as the reason: words, no secrets. */
  abstract perform(input: JsonObject, context: StepContext): Promise<Json>;
  /** The output when the effect has happened already; undefined when it has not, and the step is to be performed. */
  reconcile?(input: JsonObject, context: StepContext): Promise<Json | undefined>;
}
