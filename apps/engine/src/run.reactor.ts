import { Injectable } from '@nestjs/common';
import { EventStore, type Subscription } from '#libs/platform/src/event-store/event-store.js';
import { reasonOf } from './attempt.js';
import { EngineParts } from './engine-parts.js';
import { RunLoop } from './run-loop.js';

const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);

/**
 * Drives every run that is not over. It needs no checkpoint: what happened before it began to listen is in the runs that the
 * read model knows as unfinished, which the watchdog has it look at.
 */
@Injectable()
export class RunReactor {
  private readonly loops = new Map<string, RunLoop>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly parts: EngineParts,
  ) {}

  start(): void {
    this.subscription = this.store.subscribe({
      after: 'end',
      filter: { categories: ['run'] },
      onBatch: ({ events }) => {
        for (const stream of new Set(events.map((event) => event.stream))) this.look(idOf(stream));
        return Promise.resolve();
      },
      onDropped: (error) => {
        this.parts.logger.warn(`runs are not heard of for the moment: ${reasonOf(error)}`);
      },
    });
    this.subscription.done.catch((error: unknown) => {
      this.parts.logger.error(`runs are not heard of any more: ${reasonOf(error)}`);
    });
  }

  /** Has a run looked at, soon. */
  look(runId: string): void {
    if (this.parts.stopping.aborted) return;
    const loop = this.loops.get(runId) ?? new RunLoop(this.parts, runId, () => this.loops.delete(runId));
    this.loops.set(runId, loop);
    loop.wake();
  }

  /** When the run was last looked at, in milliseconds since the epoch. */
  lastLook(runId: string): number {
    return this.loops.get(runId)?.lastLook ?? -Infinity;
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
  }
}
