import { v5 } from 'uuid';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { type StepContext, StepRefused } from '#libs/workflows/src/step-plugin.port.js';

const namespace = '5f3a1c1e-6f0b-5d6a-9b0e-0c2d7f1a4b35';
const uuid: JsonObject = { type: 'string', minLength: 36, maxLength: 36 };

/** An object with the window, its host and these members; all of them are needed. */
export const windowInput = (more: Readonly<Record<string, JsonObject>> = {}): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: ['window_id', 'host_id', ...Object.keys(more)],
  properties: { window_id: uuid, host_id: uuid, ...more },
});

/** On behalf of whoever started the run; the same for every attempt, so that it is done once. */
export const metadataFor = ({
  actor,
  projectId,
  correlationId,
  runId,
  key,
}: StepContext): CommandMetadata => ({
  actor,
  projectId,
  correlationId,
  causationId: runId,
  commandId: v5(key, namespace),
});

/** A command that the window refuses will be refused again; one that the log did not take is worth another attempt. */
export const refusedForGood = (error: unknown): Error => {
  if (error instanceof DomainError && !['unavailable', 'wrong-revision'].includes(error.code))
    return new StepRefused(error.message, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
};
