import type { JsonObject } from '#libs/kernel/src/json.js';
import type { StepDefinition } from './workflow.events.js';

/** What a run can be started from: a stored workflow, or one that comes with Craton. */
export interface RunnableWorkflow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly inputSchema: JsonObject;
  /** Whether it is about a host in an open maintenance window. */
  readonly needsWindow: boolean;
  /** `input` fits the schema and has its defaults. */
  readonly steps: (input: JsonObject) => readonly StepDefinition[];
  /** How long a run may take as a whole. */
  readonly ttlSeconds: (input: JsonObject) => number;
}

const day = 86_400;

/** A stored workflow; one that speaks of maintenance to a window needs one. */
export const stored = (
  workflow: Pick<RunnableWorkflow, 'id' | 'name' | 'description' | 'inputSchema'> & {
    readonly steps: readonly StepDefinition[];
  },
): RunnableWorkflow => ({
  ...workflow,
  needsWindow: workflow.steps.some(
    ({ plugin }) => typeof plugin === 'string' && plugin.startsWith('maintenance.'),
  ),
  steps: () => workflow.steps,
  ttlSeconds: () => day,
});
