import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { window } from '#libs/maintenance/src/window.decider.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { type StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { metadataFor, refusedForGood, windowInput } from './maintenance-command.js';

/** Announces that a run works on the host of a maintenance window; tells which runs before it had to leave the host disabled. */
@Injectable()
export class MaintenanceBegin extends StepPlugin {
  override readonly name = 'maintenance.begin';
  override readonly inputSchema = windowInput();

  constructor(
    private readonly commands: CommandBus,
    private readonly runner: CommandRunner,
  ) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const command = { type: 'BeginWork', runId: context.runId, hostId: input['host_id'] as string } as const;
    const windowId = input['window_id'] as string;
    try {
      await this.commands.execute(new ToWindow(windowId, command, metadataFor(context)));
    } catch (error) {
      throw refusedForGood(error);
    }
    const { state } = await this.runner.read(window, windowId);
    return { held_by: state.status === 'none' ? [] : [...state.heldBy] };
  }
}
