import { Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { HostService } from '#libs/clouds/src/cloud.port.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { run } from '#libs/workflows/src/run.decider.js';
import { type StepContext, StepPlugin, StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { hostInput, words } from './host.schemas.js';
import { isOurs, markedBy, reasonOf } from './host-mark.js';

/**
 * No new instances on a host. One that is disabled already stays as it is; one that another run works on is refused, since the same
 * host may stand in two inventories, and the other run will enable it in the middle of our work.
 */
@Injectable()
export class HostDisable extends StepPlugin {
  override readonly name = 'host.disable';
  override readonly inputSchema = hostInput({ reason: words });

  constructor(
    private readonly access: CloudAccess,
    private readonly runner: CommandRunner,
  ) {
    super();
  }

  override async perform(input: JsonObject, { projectId, runId, signal }: StepContext): Promise<Json> {
    const reason = reasonOf(input['reason'] as string, runId);
    const cloud = this.access.of(projectId);
    return this.told(await cloud.disable(input['host'] as string, reason, signal), runId);
  }

  override async reconcile(
    { host }: JsonObject,
    { projectId, runId, signal }: StepContext,
  ): Promise<Json | undefined> {
    const service = await this.access.of(projectId).host(host as string, signal);
    return service.enabled ? undefined : this.told(service, runId);
  }

  private async told(service: HostService, runId: string): Promise<Json> {
    const marker = markedBy(service);
    if (marker !== undefined && marker !== runId && (await this.isUnderWay(marker)))
      throw new StepRefused(`run ${marker} works on ${service.host}`);
    return { disabled_before: !isOurs(service, runId), disabled_reason: service.disabledReason };
  }

  private async isUnderWay(runId: string): Promise<boolean> {
    const { state } = await this.runner.read(run, runId);
    return state.status === 'running' || state.status === 'turning-back';
  }
}
