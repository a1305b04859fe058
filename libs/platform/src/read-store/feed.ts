import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Cursor } from '#libs/kernel/src/event.js';
import { CursorMismatch, StoreDamaged } from '../event-store/event-store.errors.js';
import type { Batch, EventStore, Subscription } from '../event-store/event-store.js';
import { describe, isDamage } from './sqlite-failure.js';

const longestPauseMs = 5000;

/** Waits a little longer after each failure in a row; ends at once, without an error, when the signal does. */
export const pause = async (failures: number, signal: AbortSignal): Promise<void> => {
  const ms = Math.min(100 * 2 ** failures, longestPauseMs);
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
};

export interface FeedOptions {
  readonly store: EventStore;
  readonly after: Cursor | undefined;
  readonly maxBatch: number;
  readonly types: readonly string[] | undefined;
  /** Writes the batch. Is asked again until it succeeds, unless what it meets is damage. */
  readonly apply: (batch: Batch) => void;
  /** Called after each batch, when `position` has moved; what it throws is tried again. */
  readonly onApplied: () => void;
  readonly onDamage: (error: Error) => void;
  /** The log cannot be read, and never will be. */
  readonly onLogDamage: (error: Error) => void;
  /** The log is not the one that was read so far. */
  readonly onOtherLog: () => void;
  readonly log: (line: string) => void;
}

/** Reads the log from a cursor on, for ever, one batch after the other, and never loses one. */
export class Feed {
  /** Everything up to here was applied. */
  position: Cursor | undefined;
  caughtUp = false;
  /** What it will have read when it has caught up, were its own position to say less. */
  covers: Cursor | undefined;
  /** What keeps it from going on, in words; undefined when nothing does. */
  trouble: string | undefined;
  private readonly stopping = new AbortController();
  private subscription: Subscription | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: FeedOptions) {
    this.position = options.after;
  }

  start(): void {
    this.running = this.run();
  }

  /** No batch is applied after the call; resolves when the one at hand is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.trouble = undefined;
    await this.subscription?.stop();
    await this.running;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped; failures += 1) {
      try {
        this.subscription = this.subscribe();
        await this.subscription.done;
        this.report('the log ended the subscription');
      } catch (error) {
        if (error instanceof CursorMismatch) return this.options.onOtherLog();
        this.report((error as Error).message);
      }
      await pause(failures, this.stopping.signal);
    }
  }

  private subscribe(): Subscription {
    const { store, maxBatch, types } = this.options;
    return store.subscribe({
      after: this.position ?? 'start',
      maxBatch,
      ...(types === undefined ? {} : { filter: { types } }),
      onBatch: (batch) => this.deliver(batch),
      onDropped: (error) => {
        this.report(`the log is away: ${error.message}`);
        if (error instanceof StoreDamaged) this.options.onLogDamage(error);
      },
    });
  }

  private async deliver(batch: Batch): Promise<void> {
    for (let failures = 0; !this.stopped; failures += 1) {
      if (this.applied(batch)) break;
      await pause(failures, this.stopping.signal);
    }
    // While much is to be read, whoever else runs here gets a turn after each batch.
    if (!this.caughtUp) await setImmediate();
  }

  private applied(batch: Batch): boolean {
    try {
      this.options.apply(batch);
      this.position = batch.upTo;
      this.caughtUp ||= batch.caughtUp;
      this.options.onApplied();
      this.trouble = undefined;
      return true;
    } catch (error) {
      if (isDamage(error)) this.options.onDamage(error as Error);
      else this.report(describe(error));
      return false;
    }
  }

  private report(trouble: string): void {
    if (this.stopped) return;
    if (this.trouble !== trouble) this.options.log(`the read models are not kept up to date: ${trouble}`);
    this.trouble = trouble;
  }
}
