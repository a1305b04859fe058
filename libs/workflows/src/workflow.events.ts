import type { Event } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
/**
 * In `plugin`, `input` and `each`, an object `{ "$": "/pointer" }` stands for what RFC 6901 finds in
 * `{ run: { id, workflow, project_id }, input, steps: { <name>: { output } }, item, failure }`.
 */
export interface Action {
  /** A plugin's name, or a pointer to one. */
  readonly plugin: string | JsonObject;
  readonly input: JsonObject;
  /** One attempt may take this long. */
  readonly deadlineSeconds: number;
  /** How often it is tried, at least 1. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles with each further one, up to five minutes. */
  readonly backoffSeconds: number;
}

export interface StepDefinition extends Action {
  /** Unique in its workflow. */
  readonly name: string;
  /** A pointer to a list: the step is done once for each element, which is `item`; its output is the list of outputs. */
  readonly each?: JsonObject;
  /** How many elements of `each` are worked on at once; default 1. */
  readonly parallel?: number;
  /** Tried, with attempts of its own, when every attempt of the step has failed. */
  readonly otherwise?: Action;
  /** Done, in reverse order of the steps, when the run turns back after this step had started. */
  readonly compensation?: Action;
}

export type WorkflowDefined = Event<
  'WorkflowDefined',
  { name: string; description: string | null; steps: readonly StepDefinition[]; inputSchema: JsonObject }
>;
export type WorkflowRevised = Event<
  'WorkflowRevised',
  { description: string | null; steps: readonly StepDefinition[]; inputSchema: JsonObject }
>;
export type WorkflowRetired = Event<'WorkflowRetired', Record<string, never>>;

/** Stream `workflow-<id>`. */
export type WorkflowEvent = WorkflowDefined | WorkflowRevised | WorkflowRetired;
