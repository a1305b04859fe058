import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { metadataFor, refusedForGood, windowInput } from './maintenance-command.js';

/** Announces that a run works on the host of a maintenance window. */
@Injectable()
export class MaintenanceBegin extends StepPlugin {
  override readonly name = 'maintenance.begin';
  override readonly inputSchema = windowInput();

  constructor(private readonly commands: CommandBus) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const command = { type: 'BeginWork', runId: context.runId, hostId: input['host_id'] as string } as const;
    try {
      await this.commands.execute(new ToWindow(input['window_id'] as string, command, metadataFor(context)));
    } catch (error) {
      throw refusedForGood(error);
    }
    return null;
  }
}
