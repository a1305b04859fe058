import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import { EventStoreError } from '../event-store/event-store.errors.js';
import type { EventStore } from '../event-store/event-store.js';
import { type Waiter, Waiters } from './waiters.js';

/** Who waits until the read models have passed a cursor, and for how long. */
export class Passage {
  private readonly waiters = new Waiters();

  constructor(
    private readonly store: EventStore,
    private readonly position: () => Cursor | undefined,
  ) {}

  /** Throws `validation-failed` when the cursor is not one of this log. */
  isPassed(cursor: Cursor): boolean {
    const position = this.position();
    try {
      return this.store.compareCursors(cursor, position ?? cursor) <= 0 && position !== undefined;
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      throw new DomainError('validation-failed', 'the cursor is not one of this log', { cause: error });
    }
  }

  passed(cursor: Cursor, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isPassed(cursor)) resolve();
      else this.wait(cursor, timeoutMs, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  arrive(cursor: Cursor): void {
    this.waiters.arrive(cursor);
  }

  fail(error: Error): void {
    this.waiters.fail(error);
  }

  private wait(cursor: Cursor, timeoutMs: number, settle: Waiter['settle']): void {
    const waiter: Waiter = {
      cursor,
      settle: (error) => {
        clearTimeout(timer);
        settle(error);
      },
    };
    const giveUp = (error: Error) => {
      this.waiters.remove(waiter);
      waiter.settle(error);
    };
    // A cursor that nobody was ever given would be waited for in vain: who has waited for long asks the log.
    const half = timeoutMs / 2;
    let timer = setTimeout(() => {
      timer = setTimeout(() => {
        giveUp(
          new DomainError('unavailable', `the read models did not get to the cursor within ${timeoutMs} ms`),
        );
      }, half);
      void this.isBeyondEnd(cursor).then((beyond) => {
        if (beyond) giveUp(new DomainError('validation-failed', 'the cursor is beyond the end of the log'));
      });
    }, half);
    this.waiters.add(waiter);
  }

  private async isBeyondEnd(cursor: Cursor): Promise<boolean> {
    try {
      return this.store.compareCursors(cursor, await this.store.head()) > 0;
    } catch {
      return false;
    }
  }
}
