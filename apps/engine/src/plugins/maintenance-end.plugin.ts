import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { window } from '#libs/maintenance/src/window.decider.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import type { MaintenanceOutcome } from '#libs/maintenance/src/window.events.js';
import { Clock } from '#libs/platform/src/clock.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { isOurs } from './host-mark.js';
import { metadataFor, refusedForGood, windowInput } from './maintenance-command.js';

/** Announces that a run no longer works on the host of a maintenance window, and what became of the host. */
@Injectable()
export class MaintenanceEnd extends StepPlugin {
  override readonly name = 'maintenance.end';
  override readonly inputSchema = windowInput({
    outcome: { enum: ['done', 'restored', 'held'] },
    detail: { type: ['string', 'null'] },
  });

  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly runner: CommandRunner,
    private readonly access: CloudAccess,
  ) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const windowId = input['window_id'] as string;
    const outcome = input['outcome'] as MaintenanceOutcome;
    const detail = input['detail'] as string | null;
    const held = outcome === 'restored' ? await this.stillHeld(windowId, detail, context) : undefined;
    const command = {
      type: 'EndWork',
      runId: context.runId,
      outcome,
      detail,
      at: this.clock.now().toISOString(),
      ...held,
    } as const;
    try {
      await this.commands.execute(new ToWindow(windowId, command, metadataFor(context)));
    } catch (error) {
      throw refusedForGood(error);
    }
    return null;
  }

  /** A run that turned back before it came to the host has not restored what one before it had to leave disabled. */
  private async stillHeld(windowId: string, detail: string | null, { signal }: StepContext) {
    const { state } = await this.runner.read(window, windowId);
    if (state.status === 'none' || state.heldBy.length === 0) return undefined;
    const service = await this.access.toUndo().host(state.host.name, signal);
    const holder = service.enabled ? undefined : state.heldBy.find((runId) => isOurs(service, runId));
    if (holder === undefined) return undefined;
    return { outcome: 'held', detail: `still disabled by run ${holder}: ${detail ?? 'given up'}` } as const;
  }
}
