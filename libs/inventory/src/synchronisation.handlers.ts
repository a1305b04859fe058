import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  type CommandMetadata,
  CommandRunner,
  type Receipt,
} from '#libs/platform/src/command-runner/command-runner.js';
import { synchronisation, type SynchronisationCommand } from './synchronisation.decider.js';
import { type SynchronisationTask, Synchroniser } from './synchroniser.js';

/** `id` is the region's. Whether there is such a region is known to whoever sends the command. */
export class ToSynchronisation extends Command<Receipt> {
  constructor(
    readonly id: string,
    readonly command: SynchronisationCommand,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ToSynchronisation)
export class SynchronisationHandler implements ICommandHandler<ToSynchronisation> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ id, command, metadata }: ToSynchronisation): Promise<Receipt> {
    return this.runner.run(synchronisation, id, command, metadata);
  }
}

/** All of one synchronisation, from its beginning to its end. */
export class Synchronise extends Command<Receipt> {
  constructor(
    readonly regionId: string,
    readonly task: SynchronisationTask,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(Synchronise)
export class SynchroniseHandler implements ICommandHandler<Synchronise> {
  constructor(private readonly synchroniser: Synchroniser) {}

  execute({ regionId, task, metadata }: Synchronise): Promise<Receipt> {
    return this.synchroniser.perform(regionId, task, metadata);
  }
}
