import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';

const passing = ['MIGRATING', 'RESIZE', 'VERIFY_RESIZE', 'REVERT_RESIZE'];

interface Input {
  readonly instance_id: string;
  readonly from: string;
  readonly mode: 'live' | 'cold';
}

/** Moves one instance off a host. One that is elsewhere or gone already is left alone. */
@Injectable()
export class InstanceMove extends StepPlugin {
  override readonly name = 'instance.move';
  override readonly inputSchema: JsonObject = {
    type: 'object',
    additionalProperties: false,
    required: ['instance_id', 'from', 'mode'],
    properties: {
      instance_id: { type: 'string', minLength: 1, maxLength: 255 },
      from: { type: 'string', minLength: 1, maxLength: 255 },
      mode: { enum: ['live', 'cold'] },
    },
  };

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform(input: JsonObject, { projectId, signal }: StepContext): Promise<Json> {
    const { instance_id, from, mode } = input as unknown as Input;
    const { to } = await this.access.of(projectId).move(instance_id, from, mode, signal);
    return { instance_id, from, to, mode };
  }

  /** Only an instance at rest elsewhere is done; one on its way is left to `perform`, which waits for it. */
  override async reconcile(input: JsonObject, { projectId, signal }: StepContext): Promise<Json | undefined> {
    const { instance_id, from, mode } = input as unknown as Input;
    const instance = await this.access.of(projectId).instance(instance_id, signal);
    if (!instance) return { instance_id, from, to: null, mode };
    const isAtRest = instance.task === null && !passing.includes(instance.status);
    return instance.host !== from && isAtRest ? { instance_id, from, to: instance.host, mode } : undefined;
  }
}
