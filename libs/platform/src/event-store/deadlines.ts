import { clearTimeout, setTimeout } from 'node:timers';

export interface Waiting {
  /** By the clock of `performance`; `Infinity` once it has passed. */
  until: number;
}

/** One timer for everything that must not wait too long: hardly any deadline is ever reached, and a timer for each costs more. */
export class Deadlines<T extends Waiting> {
  private timer: NodeJS.Timeout | undefined;
  private next = Number.POSITIVE_INFINITY;

  constructor(
    private readonly waiting: () => readonly T[],
    private readonly expire: (late: T) => void,
  ) {}

  /** Something waits until then from now on. */
  watch(until: number): void {
    if (until >= this.next) return;
    clearTimeout(this.timer);
    this.next = until;
    this.timer = setTimeout(() => {
      this.look();
    }, until - performance.now());
    // Whatever is waited for keeps the process alive, or nothing does.
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private look(): void {
    this.next = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const each of this.waiting().filter(({ until }) => until <= now)) {
      each.until = Number.POSITIVE_INFINITY;
      this.expire(each);
    }
    const next = this.waiting().reduce(
      (least, { until }) => Math.min(least, until),
      Number.POSITIVE_INFINITY,
    );
    if (next < Number.POSITIVE_INFINITY) this.watch(next);
  }
}
