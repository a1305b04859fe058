import type { Cursor } from '#libs/kernel/src/event.js';

export interface Waiter {
  readonly cursor: Cursor;
  /** Called once: without an error on arrival. */
  readonly settle: (error?: Error) => void;
}

/** Those who wait for a cursor, in the order of their cursors: an arrival looks only at those it wakes. */
export class Waiters {
  private waiting: Waiter[] = [];

  get size(): number {
    return this.waiting.length;
  }

  add(waiter: Waiter): void {
    this.waiting.splice(this.firstAfter(waiter.cursor), 0, waiter);
  }

  remove(waiter: Waiter): void {
    let index = this.firstAfter(waiter.cursor) - 1;
    while (index >= 0 && this.waiting[index] !== waiter) index -= 1;
    if (index >= 0) this.waiting.splice(index, 1);
  }

  arrive(cursor: Cursor): void {
    const [first] = this.waiting;
    if (first === undefined || first.cursor > cursor) return;
    const arrived = this.waiting.splice(0, this.firstAfter(cursor));
    for (const waiter of arrived) waiter.settle();
  }

  fail(error: Error): void {
    for (const waiter of this.waiting.splice(0)) waiter.settle(error);
  }

  /** Index of the first who waits for a later cursor. */
  private firstAfter(cursor: Cursor): number {
    let [low, high] = [0, this.waiting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.waiting[middle]!.cursor <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
