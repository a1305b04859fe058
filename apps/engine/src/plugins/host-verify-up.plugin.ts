import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput } from './host.schemas.js';
import { untilUp } from './host-up.js';

/** Waits until a host's agent is alive. */
@Injectable()
export class HostVerifyUp extends StepPlugin {
  override readonly name = 'host.verify-up';
  override readonly inputSchema = hostInput();

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform({ host }: JsonObject, context: StepContext): Promise<Json> {
    await untilUp(this.access.of(context.projectId), host as string, context);
    return { up: true };
  }
}
