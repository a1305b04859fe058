import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { violationsOf } from './definition.policy.js';
import type { StepDefinition, WorkflowEvent } from './workflow.events.js';

export interface Definition {
  readonly description: string | null;
  readonly steps: readonly StepDefinition[];
  readonly inputSchema: JsonObject;
}

export type WorkflowCommand =
  | ({ readonly type: 'DefineWorkflow'; readonly name: string } & Definition)
  | ({ readonly type: 'ReviseWorkflow' } & Definition)
  | { readonly type: 'RetireWorkflow' };

export type Workflow =
  | { readonly status: 'none' }
  | ({ readonly status: 'defined' } & Definition)
  | { readonly status: 'retired' };

const refuseIfWrong = (definition: Definition) => {
  const violations = violationsOf(definition.steps, definition.inputSchema);
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'the definition of the workflow is wrong', { violations });
};

const isSame = (state: Definition, { description, steps, inputSchema }: Definition) =>
  JSON.stringify([state.description, state.steps, state.inputSchema]) ===
  JSON.stringify([description, steps, inputSchema]);

const define = (
  { name, description, steps, inputSchema }: Extract<WorkflowCommand, { type: 'DefineWorkflow' }>,
  state: Workflow,
): readonly WorkflowEvent[] => {
  // The id follows from the name: what is retired gives its name, and so its stream, free again.
  if (state.status === 'defined') throw new DomainError('already-exists', 'the workflow is defined already');
  const definition = { description, steps, inputSchema };
  refuseIfWrong(definition);
  return [{ type: 'WorkflowDefined', data: { name, ...definition } }];
};

const revise = (
  { description, steps, inputSchema }: Extract<WorkflowCommand, { type: 'ReviseWorkflow' }>,
  state: Workflow,
): readonly WorkflowEvent[] => {
  const definition = { description, steps, inputSchema };
  if (state.status === 'none') throw new DomainError('not-found', 'there is no such workflow');
  if (state.status === 'retired') throw new DomainError('illegal-state', 'the workflow is retired');
  refuseIfWrong(definition);
  return isSame(state, definition) ? [] : [{ type: 'WorkflowRevised', data: definition }];
};

const retire = (state: Workflow): readonly WorkflowEvent[] => {
  if (state.status === 'none') throw new DomainError('not-found', 'there is no such workflow');
  return state.status === 'retired' ? [] : [{ type: 'WorkflowRetired', data: {} }];
};

const decide = (command: WorkflowCommand, state: Workflow): readonly WorkflowEvent[] => {
  switch (command.type) {
    case 'DefineWorkflow':
      return define(command, state);
    case 'ReviseWorkflow':
      return revise(command, state);
    case 'RetireWorkflow':
      return retire(state);
  }
};

const evolve = (state: Workflow, event: WorkflowEvent): Workflow => {
  switch (event.type) {
    case 'WorkflowDefined':
    case 'WorkflowRevised': {
      const { description, steps, inputSchema } = event.data;
      return { status: 'defined', description, steps, inputSchema };
    }
    case 'WorkflowRetired':
      return { status: 'retired' };
  }
};

export const workflow: Decider<Workflow, WorkflowCommand, WorkflowEvent> = {
  category: 'workflow',
  initialState: () => ({ status: 'none' }),
  decide,
  evolve,
};
