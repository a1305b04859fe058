import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/src/clock.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { EngineIdentity } from './engine-identity.js';
import { EngineSettings } from './engine.settings.js';
import { Origins } from './origins.js';
import { RunPerformer } from './run-performer.js';
import { RunRecorder } from './run-recorder.js';

/** What every loop of this engine works with, and the two signals that end them all. */
@Injectable()
export class EngineParts {
  @Inject() readonly identity: EngineIdentity;
  @Inject() readonly settings: EngineSettings;
  @Inject() readonly clock: Clock;
  @Inject() readonly runner: CommandRunner;
  @Inject() readonly origins: Origins;
  @Inject() readonly performer: RunPerformer;
  @Inject() readonly recorder: RunRecorder;
  readonly logger = new Logger('Engine');
  private readonly stop = new AbortController();
  private readonly giveUp = new AbortController();

  /** Aborted: plugins are called off, nothing further begins. */
  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  /** Aborted: nothing is recorded any more. */
  get givingUp(): AbortSignal {
    return this.giveUp.signal;
  }

  /** Ends everything: `settled` is to resolve when what is under way is recorded, and is waited for within bounds. */
  async end(settled: () => Promise<unknown>): Promise<void> {
    this.stop.abort(new Error('the engine stops'));
    const patience = setTimeout(() => {
      this.giveUp.abort();
    }, this.settings.stopMs);
    const givenUp = new Promise<void>((resolve) => {
      this.givingUp.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
    await Promise.allSettled([Promise.race([settled(), givenUp])]);
    clearTimeout(patience);
    this.giveUp.abort();
    this.identity.release();
  }
}
