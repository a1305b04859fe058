import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  type CommandMetadata,
  CommandRunner,
  type Receipt,
} from '#libs/platform/src/command-runner/command-runner.js';
import { window, type WindowCommand } from './window.decider.js';

export class ToWindow extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: WindowCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToWindow)
export class WindowHandler implements ICommandHandler<ToWindow> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToWindow): Promise<Receipt> {
    return this.runner.run(window, id, command, metadata);
  }
}
