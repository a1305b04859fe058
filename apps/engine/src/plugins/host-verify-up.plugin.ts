import { Injectable } from '@nestjs/common';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput } from './host.schemas.js';
import { untilUp } from './host-up.js';

/** Waits until a host's agent is alive. */
@Injectable()
export class HostVerifyUp extends StepPlugin {
  override readonly name = 'host.verify-up';
  override readonly inputSchema = hostInput();

  constructor(private readonly cloud: Cloud) {
    super();
  }

  override async perform({ host }: JsonObject, context: StepContext): Promise<Json> {
    await untilUp(this.cloud, host as string, context);
    return { up: true };
  }
}
