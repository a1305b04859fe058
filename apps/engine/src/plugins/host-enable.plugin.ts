import { Injectable } from '@nestjs/common';
import { CloudAccess, noCloudFor } from '#libs/clouds/src/cloud-access.js';
import type { HostService } from '#libs/clouds/src/cloud.port.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { flag, hostInput, runs } from './host.schemas.js';
import { isOurs } from './host-mark.js';
import { untilUp } from './host-up.js';

const enabled: Json = { enabled: true, note: null };
const left = (note: string): Json => ({ enabled: false, note });

/** Disabled by a run before this one, which could not put it back. */
const isHeld = (input: JsonObject, service: HostService): boolean =>
  !service.enabled && ((input['held_by'] ?? []) as readonly string[]).some((held) => isOurs(service, held));

/** What is true without our doing anything; undefined when the host is disabled by this run, or held by one before it. */
const asItIs = (input: JsonObject, service: HostService, runId: string): Json | undefined => {
  if (service.enabled) return enabled;
  if (isHeld(input, service)) return undefined;
  if (input['was_enabled'] === false) return left('left disabled, as it was before the maintenance');
  if (isOurs(service, runId)) return undefined;
  return left(
    `left disabled, since somebody else did so meanwhile: ${service.disabledReason ?? 'no reason given'}`,
  );
};

/**
 * Puts a host that this run disabled back into production, once its agent is alive, and one that a run before it in the same
 * window had to leave disabled. Others' hosts stay disabled.
 */
@Injectable()
export class HostEnable extends StepPlugin {
  override readonly name = 'host.enable';
  override readonly inputSchema = hostInput({ was_enabled: flag, was_up: flag }, { held_by: runs });

  constructor(private readonly access: CloudAccess) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const host = input['host'] as string;
    const cloud = this.access.toUndo();
    const service = await cloud.host(host, context.signal);
    const known = this.known(input, service, context);
    if (known !== undefined) return known;
    // A host that was down before us goes back to what it was; another one must not be handed out dead.
    if (input['was_up'] === true || isHeld(input, service)) await untilUp(cloud, host, context);
    await cloud.enable(host, context.signal);
    return enabled;
  }

  override async reconcile(input: JsonObject, context: StepContext): Promise<Json | undefined> {
    const service = await this.access.toUndo().host(input['host'] as string, context.signal);
    return this.known(input, service, context);
  }

  /** Whoever lost the cloud in the middle of a run may still undo what that run did, and learns nothing else. */
  private known(
    input: JsonObject,
    service: HostService,
    { projectId, runId }: StepContext,
  ): Json | undefined {
    if (this.access.allows(projectId) || (!service.enabled && isOurs(service, runId)))
      return asItIs(input, service, runId);
    return left(`left as it is: ${noCloudFor(projectId)}`);
  }
}
