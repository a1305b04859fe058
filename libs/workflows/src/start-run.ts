import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { builtInWorkflow } from './built-in-workflows.js';
import { withDefaults } from './defaults.policy.js';
import { limits } from './definition.policy.js';
import { violationsBy, violationsByForeign } from './input.schema.js';
import { depthOf } from './pointer.policy.js';
import type { StartRun } from './run.decider.js';
import type { RunStarted } from './run.events.js';
import type { RunnableWorkflow } from './runnable.js';

export interface RunRequest {
  readonly workflow: RunnableWorkflow;
  /** As it came in. */
  readonly input: JsonObject;
  readonly host: RunStarted['data']['host'];
  readonly windowId: string | null;
  readonly at: Date;
}

const refuse = (violations: readonly Violation[]) => {
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'the run cannot be started like this', { violations });
};

const wrongInput = ({ workflow, input }: RunRequest): readonly Violation[] => {
  if (depthOf(input, limits.depth) > limits.depth)
    return [{ member: 'input', message: `must not be nested deeper than ${limits.depth}` }];
  const validate = builtInWorkflow(workflow.id) === workflow ? violationsBy : violationsByForeign;
  return validate(workflow.inputSchema, input);
};

const wrongWindow = ({ workflow, host, windowId }: RunRequest): readonly Violation[] =>
  workflow.needsWindow && (host === null || windowId === null)
    ? [{ member: 'window_id', message: `${workflow.name} needs a maintenance window` }]
    : [];

/** The command that starts a run, from what was looked up for it; rejects with `validation-failed`. */
export const startRun = (request: RunRequest): StartRun => {
  refuse([...wrongWindow(request), ...wrongInput(request)]);
  const { workflow, host, windowId, at } = request;
  const input = withDefaults(workflow.inputSchema, request.input);
  return {
    type: 'StartRun',
    workflowId: workflow.id,
    workflow: workflow.name,
    steps: workflow.steps(input),
    input,
    host,
    windowId,
    at: at.toISOString(),
    deadline: new Date(at.getTime() + workflow.ttlSeconds(input) * 1000).toISOString(),
  };
};
