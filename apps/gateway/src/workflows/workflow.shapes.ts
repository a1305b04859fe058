import type { JsonObject } from '#libs/kernel/src/json.js';
import { withDefaults } from '#libs/workflows/src/defaults.policy.js';
import { type RunnableWorkflow, stored } from '#libs/workflows/src/runnable.js';
import type { Action, StepDefinition } from '#libs/workflows/src/workflow.events.js';
import type { WorkflowRow } from '#projections/workflows/workflows.queries.js';
import type { WorkflowAction, WorkflowBody, WorkflowStep } from './workflow.bodies.js';

const toAction = (body: WorkflowAction): Action => ({
  plugin: body.plugin,
  input: body.input,
  deadlineSeconds: body.deadline_seconds,
  attempts: body.attempts,
  backoffSeconds: body.backoff_seconds,
});

const fromAction = (action: Action) => ({
  plugin: action.plugin,
  input: action.input,
  deadline_seconds: action.deadlineSeconds,
  attempts: action.attempts,
  backoff_seconds: action.backoffSeconds,
});

export const toSteps = (bodies: readonly WorkflowStep[]): StepDefinition[] =>
  bodies.map((body) => ({
    name: body.name,
    ...toAction(body),
    ...(body.each && { each: body.each }),
    ...(body.parallel !== undefined && { parallel: body.parallel }),
    ...(body.otherwise && { otherwise: toAction(body.otherwise) }),
    ...(body.compensation && { compensation: toAction(body.compensation) }),
  }));

const fromSteps = (steps: readonly StepDefinition[]): WorkflowStep[] =>
  steps.map((step) => ({
    name: step.name,
    ...fromAction(step),
    ...(step.each && { each: step.each }),
    ...(step.parallel !== undefined && { parallel: step.parallel }),
    ...(step.otherwise && { otherwise: fromAction(step.otherwise) }),
    ...(step.compensation && { compensation: fromAction(step.compensation) }),
  }));

export const definitionOf = ({ description, steps, input_schema: schema }: WorkflowRow) => ({
  description,
  steps: JSON.parse(steps) as StepDefinition[],
  inputSchema: JSON.parse(schema) as JsonObject,
});

export const runnable = (row: WorkflowRow): RunnableWorkflow =>
  stored({ id: row.id, name: row.name, ...definitionOf(row) });

export const storedBody = (row: WorkflowRow): WorkflowBody => {
  const { description, steps, inputSchema } = definitionOf(row);
  return {
    id: row.id,
    project_id: row.project_id,
    name: row.name,
    description,
    steps: fromSteps(steps),
    input_schema: inputSchema,
    built_in: false,
    retired: row.retired === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
};

/** With the steps as they are for an input of defaults only. */
export const builtInBody = (workflow: RunnableWorkflow): WorkflowBody => ({
  id: workflow.id,
  project_id: null,
  name: workflow.name,
  description: workflow.description,
  steps: fromSteps(workflow.steps(withDefaults(workflow.inputSchema, {}))),
  input_schema: workflow.inputSchema,
  built_in: true,
  retired: false,
  created_at: null,
  updated_at: null,
});
