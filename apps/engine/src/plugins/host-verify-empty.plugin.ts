import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput } from './host.schemas.js';
import { polled } from './polling.js';

const named = 5;

/** Waits until nothing runs on a host. */
@Injectable()
export class HostVerifyEmpty extends StepPlugin {
  override readonly name = 'host.verify-empty';
  override readonly inputSchema = hostInput();

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform(input: JsonObject, { projectId, signal }: StepContext): Promise<Json> {
    const cloud = this.access.of(projectId);
    const host = input['host'] as string;
    let left: readonly string[] = [];
    const probe = async () => {
      const instances = await cloud.instances(host, signal);
      left = instances.map(({ name, id }) => `${name} (${id})`);
      return left.length === 0 ? true : undefined;
    };
    try {
      await polled(probe, signal);
    } catch (error) {
      if (!signal.aborted || left.length === 0) throw error;
      const names = left.slice(0, named).join(', ');
      throw new Error(`${left.length} instances are still on ${host}: ${names}`, { cause: error });
    }
    return { empty: true };
  }
}
