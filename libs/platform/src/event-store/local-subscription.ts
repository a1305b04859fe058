import { setImmediate, setTimeout } from 'node:timers/promises';
import { StoreUnavailable } from './event-store.errors.js';
import type { RecordedEvent, SubscribeOptions, Subscription } from './event-store.js';
import { type LocalLog, pageSize, positionOf } from './local-log.js';
import { checkSubscribe, matcher } from './requests.js';

const longestRetryMs = 5000;
/** Progress is told at least this often while a filter leaves everything out. */
const silentRows = 10_000;

/** Follows a local log: catches up page by page, then waits for the head to move. */
export class LocalSubscription implements Subscription {
  readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly matches: (stream: string, type: string) => boolean;
  private readonly maxBatch: number;
  /** Looked at. */
  private position: number;
  /** Told to the subscriber. */
  private told: number;
  /** Head when the subscription began; undefined once the subscriber knows that it has seen everything up to there. */
  private target: number | undefined;

  constructor(
    private readonly log: LocalLog,
    private readonly options: SubscribeOptions,
  ) {
    this.matches = matcher(options.filter);
    this.maxBatch = options.maxBatch ?? pageSize;
    this.done = this.run();
  }

  stop(): Promise<void> {
    this.stopping.abort();
    return Promise.resolve();
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    checkSubscribe(this.options);
    await this.persist(() => {
      this.begin();
    });
    while (!this.stopped) {
      const events = await this.persist(() => this.log.page(this.position, this.maxBatch));
      await this.deliver(events ?? []);
      await this.rest();
    }
  }

  private begin(): void {
    const { after } = this.options;
    const head = this.log.head();
    this.position = after === 'end' ? head : positionOf(this.log, after === 'start' ? undefined : after);
    this.told = this.position;
    this.target = head;
  }

  /** Reads until it succeeds; undefined when the subscription was stopped meanwhile. */
  private async persist<T>(read: () => T): Promise<T | undefined> {
    for (let retryMs = 100; !this.stopped; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        this.options.onDropped?.(error, retryMs);
        await setTimeout(retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  private async deliver(seen: readonly RecordedEvent[]): Promise<void> {
    this.position += seen.length;
    const events = this.options.filter ? seen.filter(({ stream, type }) => this.matches(stream, type)) : seen;
    const caughtUp = this.target !== undefined && this.position >= this.target;
    const silent = this.position - this.told;
    // Less than a full page was there: this is the end for now.
    const atEnd = seen.length < this.maxBatch;
    const worthTelling = events.length > 0 || caughtUp || silent >= silentRows || (atEnd && silent > 0);
    if (this.stopped || !worthTelling) return;
    this.told = this.position;
    if (caughtUp) this.target = undefined;
    await this.options.onBatch({ events, upTo: this.log.cursors.encode(this.position), caughtUp });
  }

  private async rest(): Promise<void> {
    // Catching up must not starve the other work of this thread.
    await setImmediate();
    if (this.stopped) return;
    await this.log.beyond(this.position, this.stopping.signal).catch((error: unknown) => {
      // The next read reports it, and waits.
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }
}

/** The subscriptions of one handle on a log. */
export class LocalSubscriptions {
  private readonly open = new Set<Subscription>();
  private closed = false;

  constructor(private readonly log: LocalLog) {}

  add(options: SubscribeOptions): Subscription {
    if (this.closed)
      return {
        stop: () => Promise.resolve(),
        done: Promise.reject(new StoreUnavailable('the log is closed')),
      };
    const subscription = new LocalSubscription(this.log, options);
    this.open.add(subscription);
    const forget = () => this.open.delete(subscription);
    subscription.done.then(forget, forget);
    return subscription;
  }

  /** Resolves when no batch is being handled any more, or after 10 seconds of a handler that does not end. */
  async close(): Promise<void> {
    this.closed = true;
    const ended = [...this.open].map(({ done }) => done.catch(() => undefined));
    for (const subscription of this.open) await subscription.stop();
    const patience = new AbortController();
    const enough = setTimeout(10_000, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(ended), enough]);
    patience.abort();
  }
}
