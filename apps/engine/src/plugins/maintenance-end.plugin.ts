import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import type { MaintenanceOutcome } from '#libs/maintenance/src/window.events.js';
import { Clock } from '#libs/platform/src/clock.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
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
  ) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const command = {
      type: 'EndWork',
      runId: context.runId,
      outcome: input['outcome'] as MaintenanceOutcome,
      detail: input['detail'] as string | null,
      at: this.clock.now().toISOString(),
    } as const;
    try {
      await this.commands.execute(new ToWindow(input['window_id'] as string, command, metadataFor(context)));
    } catch (error) {
      throw refusedForGood(error);
    }
    return null;
  }
}
