import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EngineParts } from './engine-parts.js';
import { RunReactor } from './run.reactor.js';
import { SynchronisationReactor } from './synchronisation.reactor.js';
import { Watchdog } from './watchdog.js';
import { WindowReactor } from './window.reactor.js';

/** Begins with the application and ends before it: what is under way is called off and recorded, within bounds. */
@Injectable()
export class Engine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  @Inject() private readonly synchronisations: SynchronisationReactor;

  constructor(
    private readonly runs: RunReactor,
    private readonly windows: WindowReactor,
    private readonly watchdog: Watchdog,
    private readonly parts: EngineParts,
  ) {}

  onApplicationBootstrap(): void {
    this.runs.start();
    this.windows.start();
    this.watchdog.start();
    this.synchronisations.start();
    this.parts.logger.log(`engine ${this.parts.identity.id} is at work`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.parts.end(() =>
      Promise.all([
        this.watchdog.stop(),
        this.runs.stop(),
        this.windows.stop(),
        this.synchronisations.stop(),
      ]),
    );
  }
}
