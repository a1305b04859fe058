import type { Event } from '#libs/kernel/src/event.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { StepDefinition } from './workflow.events.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
/** Which piece of work: the step, which element of `each` (else null), and whether it is the step, its fallback or its undoing. */
export interface Work {
  readonly step: string;
  readonly item: number | null;
  readonly phase: 'step' | 'otherwise' | 'compensation';
  /** 1-based, counted per phase. */
  readonly attempt: number;
}

/** The definition as it was: a running workflow keeps the steps that it started with. */
export type RunStarted = Event<
  'RunStarted',
  {
    workflowId: string;
    workflow: string;
    steps: readonly StepDefinition[];
    input: JsonObject;
    /** What the run is about, when it is about a host; its name travels in notifications. */
    host: { hostId: string; regionId: string; name: string } | null;
    windowId: string | null;
    at: string;
    /** TTL as an instant: a run that is not over by then turns back. */
    deadline: string;
  }
>;
/** The intent, written before the effect. Exactly one engine's append wins. */
export type StepStarted = Event<
  'StepStarted',
  Work & { plugin: string; input: JsonObject; engine: string; at: string; deadline: string }
>;
export type StepSucceeded = Event<'StepSucceeded', Work & { at: string; output: Json }>;
/** `retryAt` null: this phase has no further attempt. */
export type StepFailed = Event<'StepFailed', Work & { at: string; reason: string; retryAt: string | null }>;
/** No further step starts; what was begun is undone in reverse order. */
export type RunTurnedBack = Event<
  'RunTurnedBack',
  { at: string; cause: 'failed' | 'cancelled' | 'expired'; reason: string }
>;
export type RunSucceeded = Event<'RunSucceeded', { at: string }>;
/** Everything begun was undone. */
export type RunFailed = Event<'RunFailed', { at: string; reason: string }>;
export type RunCancelled = Event<'RunCancelled', { at: string; reason: string }>;
export type RunExpired = Event<'RunExpired', { at: string; reason: string }>;
/** Something begun could not be undone: a person has to look. */
export type RunHeld = Event<'RunHeld', { at: string; reason: string }>;

/** Stream `run-<id>`. */
export type RunEvent =
  | RunStarted
  | StepStarted
  | StepSucceeded
  | StepFailed
  | RunTurnedBack
  | RunSucceeded
  | RunFailed
  | RunCancelled
  | RunExpired
  | RunHeld;
