import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import { setTimeout } from 'node:timers/promises';
import { CursorMismatch, StoreUnavailable } from './event-store.errors.js';
import type { RecordedEvent, SubscribeOptions, Subscription } from './event-store.js';
import type { EsdbConnection, EsdbGeneration } from './esdb-connection.js';
import { comparePositions, type EsdbCursors, origin, type Position } from './esdb-cursor.js';
import { readError } from './esdb-errors.js';
import { narrowFilter, narrows, wideFilter } from './esdb-filter.js';
import type { EsdbIdentity } from './esdb-identity.js';
import { EsdbInbox } from './esdb-inbox.js';
import type { EsdbReader } from './esdb-reader.js';
import { type EsdbRecord, recordOf, withCursor } from './esdb-records.js';
import { checkSubscribe, matcher } from './requests.js';

export interface EsdbSubscribeOptions extends SubscribeOptions {
  readonly idleMs: number;
  readonly longestRetryMs: number;
}

const firstRetryMs = 100;

/** What the subscriber threw, told apart from what went wrong with the log. */
class SubscriberFailed {
  constructor(readonly reason: unknown) {}
}

/**
 * Follows `$all` from event to event. The server filters while we catch up; from then on everything of ours is looked at here, since a
 * server tells of its progress past what it leaves out only now and then, and a waiting reader needs it at once. The server's
 * checkpoints are signs of life and never a position to go on from: several versions report one beyond events still to come.
 */
export class EsdbSubscription implements Subscription {
  readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly matches: (stream: string, type: string) => boolean;
  private readonly maxBatch: number;
  private cursors: EsdbCursors;
  /** Looked at. */
  private position: Position = origin;
  /** The last event when the subscription began; undefined once the subscriber knows that it has seen everything up to there. */
  private target: EsdbRecord | undefined;
  private told = false;
  private retryMs = firstRetryMs;

  constructor(
    private readonly connection: EsdbConnection,
    private readonly reader: EsdbReader,
    private readonly identity: EsdbIdentity,
    private readonly options: EsdbSubscribeOptions,
  ) {
    this.matches = matcher(options.filter);
    this.maxBatch = options.maxBatch ?? 500;
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
    await this.persist(() => this.begin());
    if (this.stopped) return;
    await this.deliver([]).catch(rethrown);
    while (!this.stopped) await this.persist(() => this.follow());
  }

  /** Tries until it succeeds or the subscription is stopped. */
  private async persist(work: () => Promise<void>): Promise<void> {
    while (!this.stopped) {
      try {
        return await work();
      } catch (thrown) {
        if (this.stopped && !(thrown instanceof SubscriberFailed)) return;
        await this.dropped(thrown);
      }
    }
  }

  private async dropped(thrown: unknown): Promise<void> {
    if (thrown instanceof SubscriberFailed) throw thrown.reason;
    const error = readError(thrown, undefined);
    if (!(error instanceof StoreUnavailable)) throw error;
    // Not all at once after an outage.
    const pause = Math.round(this.retryMs * (0.75 + Math.random() / 2));
    this.retryMs = Math.min(2 * this.retryMs, this.options.longestRetryMs);
    this.options.onDropped?.(error, pause);
    await setTimeout(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async begin(): Promise<void> {
    const { after = 'start' } = this.options;
    this.cursors = await this.identity.cursors();
    const last = await this.reader.last(this.stopping.signal);
    const end = last?.position ?? origin;
    if (after === 'end') this.position = end;
    else if (after !== 'start') this.position = this.cursors.decode(after);
    if (comparePositions(this.position, end) > 0)
      throw new CursorMismatch('the cursor is beyond the end of this log');
    if (comparePositions(this.position, end) < 0) this.target = last;
  }

  /** One call of the client, until it ends one way or another. Resolves when it has served its purpose. */
  private async follow(): Promise<void> {
    const generation = await this.connection.current();
    const narrow = this.target !== undefined && narrows(this.options.filter);
    const inbox = this.open(generation);
    const signal = AbortSignal.any([this.stopping.signal, generation.ended]);
    try {
      while (!this.stopped && !(narrow && !this.target)) await this.step(inbox, generation, signal);
    } catch (error) {
      if (!(error instanceof SubscriberFailed) && !this.stopped)
        this.connection.report(generation, readError(error, undefined));
      throw error;
    } finally {
      inbox.close();
    }
  }

  private open({ client }: EsdbGeneration): EsdbInbox<AllStreamResolvedEvent> {
    const { filter } = this.options;
    let inbox: EsdbInbox<AllStreamResolvedEvent> | undefined;
    const signOfLife = () => inbox?.signOfLife();
    const serverFilter =
      this.target && narrows(filter)
        ? narrowFilter(filter, this.target.event, signOfLife)
        : wideFilter(signOfLife);
    const atStart = comparePositions(this.position, origin) === 0;
    const call = client.subscribeToAll(
      { fromPosition: atStart ? 'start' : this.position, filter: serverFilter, requiresLeader: true },
      { highWaterMark: this.maxBatch },
    );
    inbox = new EsdbInbox(call, () => call.unsubscribe());
    return inbox;
  }

  private async step(
    inbox: EsdbInbox<AllStreamResolvedEvent>,
    generation: EsdbGeneration,
    signal: AbortSignal,
  ): Promise<void> {
    const chunk = await inbox.take(this.maxBatch, this.options.idleMs, signal);
    // Nobody asked for this end, so it is a drop, even without an error.
    if (!chunk) throw new StoreUnavailable('the log ended the subscription');
    if (chunk.length === 0) return this.checkSilence(inbox, signal);
    this.connection.report(generation);
    this.retryMs = firstRetryMs;
    await this.deliver(chunk.map(recordOf).filter((record) => record !== undefined));
  }

  /** Nothing has come for a while: because there is nothing, or because the subscription is dead without knowing it? */
  private async checkSilence(inbox: EsdbInbox<AllStreamResolvedEvent>, signal: AbortSignal): Promise<void> {
    if (!inbox.answered) throw new StoreUnavailable('the log did not confirm the subscription');
    const last = await this.reader.last(signal);
    this.retryMs = firstRetryMs;
    if (!last || comparePositions(last.position, this.position) <= 0) return;
    if (inbox.quietMs < this.options.idleMs) return;
    throw new StoreUnavailable('the subscription fell silent');
  }

  private async deliver(records: readonly EsdbRecord[]): Promise<void> {
    const before = this.position;
    const events = this.passed(records);
    const caughtUp = !this.told && !this.isBehind();
    if (this.stopped || (!caughtUp && comparePositions(before, this.position) === 0)) return;
    if (caughtUp) {
      this.told = true;
      this.target = undefined;
    }
    try {
      await this.options.onBatch({ events, upTo: this.cursors.encode(this.position), caughtUp });
    } catch (error) {
      throw new SubscriberFailed(error);
    }
  }

  /** Goes past the records, and keeps those that are wanted. */
  private passed(records: readonly EsdbRecord[]): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    for (const record of records) {
      // A server may repeat itself, above all after a reconnection.
      if (comparePositions(record.position, this.position) <= 0) continue;
      this.position = record.position;
      if (this.matches(record.event.stream, record.event.type)) events.push(withCursor(record, this.cursors));
    }
    return events;
  }

  private isBehind(): boolean {
    return this.target !== undefined && comparePositions(this.position, this.target.position) < 0;
  }
}

const rethrown = (thrown: unknown): never => {
  throw thrown instanceof SubscriberFailed ? thrown.reason : thrown;
};
