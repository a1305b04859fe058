import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Clock, SystemClock } from './clock.js';
import { CommandRunner } from './command-runner/command-runner.js';
import { Config } from './config/config.js';
import { EventStore } from './event-store/event-store.js';
import { ReadStore } from './read-store/read-store.js';

/** What a process has opened before Nest starts, and closes after Nest has stopped: whoever opened it closes it. */
export interface Platform {
  readonly config: Config;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly clock?: Clock;
}

/** Hands the process's stores, configuration, clock, command runner and command bus to every module. */
@Module({})
export class PlatformModule {
  static of({ config, eventStore, readStore, clock = new SystemClock() }: Platform): DynamicModule {
    const tokens = [Config, EventStore, ReadStore, Clock, CommandRunner];
    return {
      module: PlatformModule,
      global: true,
      // The one bus of the process, whichever programs it holds.
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: Config, useValue: config },
        { provide: EventStore, useValue: eventStore },
        { provide: ReadStore, useValue: readStore },
        { provide: Clock, useValue: clock },
        { provide: CommandRunner, useValue: new CommandRunner(eventStore) },
      ],
      exports: tokens,
    };
  }
}
