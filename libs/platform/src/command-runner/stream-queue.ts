import type { Decider } from '#libs/kernel/src/decider.js';
import type { Event } from '#libs/kernel/src/event.js';
import {
  AppendTooLarge,
  StreamNotFound,
  WrongRevision,
} from '#libs/platform/src/event-store/event-store.errors.js';
import type { Appended, EventStore, NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { appendSurely, toDomainError } from './append.js';
import { type CommandMetadata, demandRevision, toNewEvents } from './command-metadata.js';
import { Fold, type Receipt } from './fold.js';

export interface Pending<C> {
  readonly command: C;
  readonly metadata: CommandMetadata;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
}

interface Decided<C, E> {
  readonly pending: Pending<C>;
  /** What it came to when it writes nothing. */
  readonly settled?: Receipt | Error;
  readonly events: readonly E[];
  /** Revision of the first of `events`. */
  readonly first: number;
}

const maxBatchEvents = 1000;
const maxLostRaces = 10;
/** After a lost race, this many appends carry one command each, so that losing again costs reading on, not a fresh fold. */
const carefulAppends = 100;

/**
 * The commands of one stream, one batch at a time: all that came while an append was under way are decided together on the
 * state so far and go out as one append. Nobody is answered before that append is, since a refusal may rest on it.
 */
export class StreamQueue<S, C, E extends Event> {
  private readonly waiting: Pending<C>[] = [];
  private readonly readers: (() => Promise<void>)[] = [];
  private fold: Fold<S, C, E> | undefined;
  private working = false;
  private careful = 0;

  constructor(
    private readonly store: EventStore,
    private readonly decider: Decider<S, C, E>,
    readonly stream: string,
  ) {}

  get idle(): boolean {
    return !this.working;
  }

  submit(pending: Pending<C>): void {
    this.waiting.push(pending);
    void this.work();
  }

  /** The state after everything that is in the log now. */
  read(): Promise<Fold<S, C, E>> {
    return new Promise((resolve, reject) => {
      this.readers.push(() => this.current().then(resolve, reject));
      void this.work();
    });
  }

  /** Never rejects: each command and each reader is told of its own failure. */
  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    while (this.waiting.length + this.readers.length > 0) {
      for (const reader of this.readers.splice(0)) await reader();
      const batch = this.waiting.splice(0, this.careful > 0 ? 1 : maxBatchEvents);
      if (batch.length > 0) await this.runBatch(batch, 1);
    }
    this.working = false;
  }

  private async runBatch(batch: readonly Pending<C>[], tries: number): Promise<void> {
    try {
      const fold = this.fold ?? (await this.current());
      const decided = this.decideAll(fold, batch);
      const appended = await this.append(fold, decided);
      if (appended === undefined && (await this.readOn(fold)) > 0) return await this.runBatch(batch, tries);
      this.settle(fold, decided, appended);
    } catch (error) {
      await this.recover(error, batch, tries);
    }
  }

  private async recover(error: unknown, batch: readonly Pending<C>[], tries: number): Promise<void> {
    if (error instanceof WrongRevision && tries <= maxLostRaces) {
      this.careful = carefulAppends;
      for (const pending of batch) await this.runBatch([pending], tries + 1);
    } else if (error instanceof AppendTooLarge && batch.length > 1) {
      this.fold = undefined;
      for (const pending of batch) await this.runBatch([pending], tries);
    } else {
      this.fold = undefined;
      for (const pending of batch) pending.reject(toDomainError(error));
    }
  }

  /** Decides each on what the ones before it would bring about. The last one's events are not folded before they are in the log. */
  private decideAll(fold: Fold<S, C, E>, batch: readonly Pending<C>[]): Decided<C, E>[] {
    const decided: Decided<C, E>[] = [];
    let unfolded: Decided<C, E> | undefined;
    let count = 0;
    for (const [index, pending] of batch.entries()) {
      if (unfolded) fold.evolve(unfolded.events, unfolded.first);
      if (count >= maxBatchEvents) {
        this.waiting.unshift(...batch.slice(index));
        return decided;
      }
      const next = this.decideOne(fold, pending);
      decided.push(next);
      unfolded = next.events.length > 0 ? next : undefined;
      count += next.events.length;
    }
    return decided;
  }

  private decideOne(fold: Fold<S, C, E>, pending: Pending<C>): Decided<C, E> {
    const { command, metadata } = pending;
    const nothing = { pending, events: [], first: fold.revision + 1 };
    const repeated = fold.outcomeOf(metadata.commandId);
    if (repeated) return { ...nothing, settled: repeated };
    try {
      const revision = fold.revisionOf(metadata.subject);
      if (metadata.expectedRevision !== undefined) demandRevision(metadata.expectedRevision, revision);
      const events = this.decider.decide(command, fold.state);
      if (events.length > 0) return { pending, events, first: fold.revision + 1 };
      return { ...nothing, settled: { revision, cursor: fold.cursor, events } };
    } catch (error) {
      return { ...nothing, settled: toDomainError(error) };
    }
  }

  private async append(
    fold: Fold<S, C, E>,
    decided: readonly Decided<C, E>[],
  ): Promise<Appended | undefined> {
    const events = decided.flatMap(({ pending, events }) => toNewEvents(events, pending.metadata));
    if (events.length === 0) return undefined;
    const writing = decided.filter((one) => one.events.length > 0);
    const first = writing[0]?.first ?? 0;
    const alone = writing.length === 1 && fold.revision < first;
    try {
      return await appendSurely(this.store, this.stream, first, events as [NewEvent, ...NewEvent[]]);
    } catch (error) {
      // What was folded before it was in the log cannot be taken back.
      if (!alone) this.fold = undefined;
      else if (error instanceof WrongRevision) await this.readOn(fold);
      throw error;
    }
  }

  private settle(
    fold: Fold<S, C, E>,
    decided: readonly Decided<C, E>[],
    appended: Appended | undefined,
  ): void {
    if (appended) {
      const last = decided.findLast((one) => one.events.length > 0);
      if (last && fold.revision < last.first) fold.evolve(last.events, last.first);
      fold.cursor = appended.cursor;
      this.careful = Math.max(0, this.careful - 1);
    }
    for (const { pending, settled, events, first } of decided) {
      if (settled instanceof Error) pending.reject(settled);
      else if (settled) pending.resolve(settled);
      else {
        const receipt = { revision: first + events.length - 1, cursor: fold.cursor, events };
        fold.remember(pending.metadata.commandId, receipt);
        pending.resolve(receipt);
      }
    }
  }

  private async current(): Promise<Fold<S, C, E>> {
    const fold = this.fold ?? new Fold(this.decider);
    await this.readOn(fold);
    this.fold = fold;
    return fold;
  }

  /** Folds what others have written since; answers how much that was. */
  private async readOn(fold: Fold<S, C, E>): Promise<number> {
    let count = 0;
    try {
      for await (const event of this.store.readStream(this.stream, { from: fold.revision + 1 })) {
        fold.take(event);
        count += 1;
      }
    } catch (error) {
      if (!(error instanceof StreamNotFound)) throw error;
    }
    return count;
  }
}
