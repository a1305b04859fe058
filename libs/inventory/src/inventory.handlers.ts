import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  type CommandMetadata,
  CommandRunner,
  type Receipt,
} from '#libs/platform/src/command-runner/command-runner.js';
import { cloud, type CloudCommand } from './cloud.decider.js';
import { project, type ProjectCommand } from './project.decider.js';
import { RegionEmptying } from './region-emptying.js';
import { region, type RegionCommand } from './region.decider.js';
import { variables, type VariablesCommand } from './variables.decider.js';

export class ToProject extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: ProjectCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToProject)
export class ProjectHandler implements ICommandHandler<ToProject> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToProject): Promise<Receipt> {
    return this.runner.run(project, id, command, metadata);
  }
}

export class ToCloud extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: CloudCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToCloud)
export class CloudHandler implements ICommandHandler<ToCloud> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToCloud): Promise<Receipt> {
    return this.runner.run(cloud, id, command, metadata);
  }
}

export class ToRegion extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: RegionCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToRegion)
export class RegionHandler implements ICommandHandler<ToRegion> {
  private readonly emptying: RegionEmptying;

  constructor(private readonly runner: CommandRunner) {
    this.emptying = new RegionEmptying(runner);
  }

  async execute({ id, command, metadata }: ToRegion): Promise<Receipt> {
    if ('cascade' in command && command.cascade) await this.emptying.before(id, command, metadata);
    return this.runner.run(region, id, command, metadata);
  }
}

/** `id` is the owner's. Whether there is such an owner is known to whoever sends the command. */
export class ToVariables extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: VariablesCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

/** The same for an owner that is so new that nobody else can have set any. */
export class ToNewVariables extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: VariablesCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToNewVariables)
export class NewVariablesHandler implements ICommandHandler<ToNewVariables> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToNewVariables): Promise<Receipt> {
    return this.runner.begin(variables, id, command, metadata);
  }
}

@CommandHandler(ToVariables)
export class VariablesHandler implements ICommandHandler<ToVariables> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToVariables): Promise<Receipt> {
    return this.runner.run(variables, id, command, metadata);
  }
}
