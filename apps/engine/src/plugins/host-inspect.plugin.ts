import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput } from './host.schemas.js';

/** The state of a host before anybody touches it. */
@Injectable()
export class HostInspect extends StepPlugin {
  override readonly name = 'host.inspect';
  override readonly inputSchema = hostInput();

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform({ host }: JsonObject, { projectId, signal }: StepContext): Promise<Json> {
    const { enabled, disabledReason, up, zone } = await this.access
      .of(projectId)
      .host(host as string, signal);
    return { enabled, disabled_reason: disabledReason, up, zone };
  }
}
