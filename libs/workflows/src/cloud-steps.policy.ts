import type { StepDefinition } from './workflow.events.js';

/** Of every plugin by which a run does something to a cloud, or asks it: `host.disable`, `instance.move`. */
const onCloud = /^(?:host|instance)\./;

/** Whether a run of these steps is sure to ask for the cloud; a plugin that the input names is not known before it is called. */
export const worksOnCloud = (steps: readonly StepDefinition[]): boolean =>
  steps
    .flatMap((step) => [step, step.otherwise, step.compensation])
    .some((action) => typeof action?.plugin === 'string' && onCloud.test(action.plugin));
