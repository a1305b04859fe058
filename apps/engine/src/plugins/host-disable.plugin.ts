import { Injectable } from '@nestjs/common';
import { Cloud, type HostService } from '#libs/clouds/src/cloud.port.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput, words } from './host.schemas.js';
import { isOurs, reasonOf } from './host-mark.js';

/** No new instances on a host. One that is disabled already stays as it is. */
@Injectable()
export class HostDisable extends StepPlugin {
  override readonly name = 'host.disable';
  override readonly inputSchema = hostInput({ reason: words });

  constructor(private readonly cloud: Cloud) {
    super();
  }

  override async perform(input: JsonObject, { runId, signal }: StepContext): Promise<Json> {
    const reason = reasonOf(input['reason'] as string, runId);
    return told(await this.cloud.disable(input['host'] as string, reason, signal), runId);
  }

  override async reconcile({ host }: JsonObject, { runId, signal }: StepContext): Promise<Json | undefined> {
    const service = await this.cloud.host(host as string, signal);
    return service.enabled ? undefined : told(service, runId);
  }
}

const told = (service: HostService, runId: string): Json => ({
  disabled_before: !isOurs(service, runId),
  disabled_reason: service.disabledReason,
});
