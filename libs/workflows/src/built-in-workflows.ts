import { hostMaintenance } from './host-maintenance.definition.js';
import type { RunnableWorkflow } from './runnable.js';

/** Workflows that come with Craton: they are in no stream, and every project may run them. */
export const builtInWorkflows: readonly RunnableWorkflow[] = [hostMaintenance];

export const builtInWorkflow = (id: string): RunnableWorkflow | undefined =>
  builtInWorkflows.find((workflow) => workflow.id === id);
