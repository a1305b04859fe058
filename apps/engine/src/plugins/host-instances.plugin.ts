import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput } from './host.schemas.js';

/** What runs on a host, those on their way in or out included. */
@Injectable()
export class HostInstances extends StepPlugin {
  override readonly name = 'host.instances';
  override readonly inputSchema = hostInput();

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform({ host }: JsonObject, { projectId, signal }: StepContext): Promise<Json> {
    const instances = await this.access.of(projectId).instances(host as string, signal);
    return instances.map(({ id, name, projectId, status }) => ({ id, name, project_id: projectId, status }));
  }
}
