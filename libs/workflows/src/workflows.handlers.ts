import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  type CommandMetadata,
  CommandRunner,
  type Receipt,
} from '#libs/platform/src/command-runner/command-runner.js';
import { run, type RunCommand } from './run.decider.js';
import { workflow, type WorkflowCommand } from './workflow.decider.js';

/** Steps refer to plugins by name; whether an engine has them is known when a run gets there. */
export class ToWorkflow extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: WorkflowCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToWorkflow)
export class WorkflowHandler implements ICommandHandler<ToWorkflow> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToWorkflow): Promise<Receipt> {
    return this.runner.run(workflow, id, command, metadata);
  }
}

export class ToRun extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: RunCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToRun)
export class RunHandler implements ICommandHandler<ToRun> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToRun): Promise<Receipt> {
    return this.runner.run(run, id, command, metadata);
  }
}
