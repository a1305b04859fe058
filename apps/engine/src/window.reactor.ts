import { Injectable } from '@nestjs/common';
import {
  EventStore,
  type RecordedEvent,
  type Subscription,
} from '#libs/platform/src/event-store/event-store.js';
import { reasonOf } from './attempt.js';
import { EngineParts } from './engine-parts.js';
import { Pump } from './pump.js';
import { WindowKeeper } from './window-keeper.js';

const types = [
  'WindowScheduled',
  'WindowClosed',
  'WindowCancelled',
  'RunSucceeded',
  'RunFailed',
  'RunCancelled',
  'RunExpired',
  'RunHeld',
];

const splitAt = (stream: string): [category: string, id: string] => {
  const dash = stream.indexOf('-');
  return [stream.slice(0, dash), stream.slice(dash + 1)];
};

/** Has every window looked at that something happens to; what time brings about, and what happened before, the watchdog notices. */
@Injectable()
export class WindowReactor {
  private readonly pumps = new Map<string, Pump>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly parts: EngineParts,
    private readonly keeper: WindowKeeper,
  ) {}

  start(): void {
    this.subscription = this.store.subscribe({
      after: 'end',
      filter: { types },
      onBatch: async ({ events }) => {
        for (const event of events) await this.hear(event);
      },
      onDropped: (error) => {
        this.parts.logger.warn(`windows are not heard of for the moment: ${reasonOf(error)}`);
      },
    });
    this.subscription.done.catch((error: unknown) => {
      this.parts.logger.error(`windows are not heard of any more: ${reasonOf(error)}`);
    });
  }

  /** Has a window looked at, soon. */
  look(windowId: string): void {
    if (this.parts.stopping.aborted) return;
    const pump =
      this.pumps.get(windowId) ??
      new Pump(
        () => this.attend(windowId),
        () => this.pumps.delete(windowId),
      );
    this.pumps.set(windowId, pump);
    pump.wake();
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
    await Promise.all([...this.pumps.values()].map((pump) => pump.stop()));
  }

  private async hear({ stream }: RecordedEvent): Promise<void> {
    const [category, id] = splitAt(stream);
    if (category === 'window') this.look(id);
    const windowId = category === 'run' ? await this.windowOf(id) : undefined;
    if (windowId !== undefined) this.look(windowId);
  }

  private async windowOf(runId: string): Promise<string | undefined> {
    try {
      return await this.keeper.windowOf(runId);
    } catch (error) {
      // The watchdog sees a window whose run is over.
      this.parts.logger.warn(`the window of run ${runId} is not known yet: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private async attend(windowId: string): Promise<void> {
    try {
      await this.keeper.attend(windowId);
    } catch (error) {
      // The watchdog comes again as long as there is something to be done.
      this.parts.logger.warn(`window ${windowId} is looked at again later: ${reasonOf(error)}`);
    }
  }
}
