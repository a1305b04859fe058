interface Queue {
  busy: number;
  readonly waiting: (() => void)[];
}

/** Lets so many at once into each place; the others wait, first come first served, until their signal ends it. */
export class Turns {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly atOnce: number) {}

  /** Rejects with the signal's reason when it ends before the turn comes; then `work` is not begun. */
  async take<T>(place: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(place) ?? { busy: 0, waiting: [] };
    this.queues.set(place, queue);
    if (queue.busy >= this.atOnce) await this.turn(queue, signal);
    else queue.busy += 1;
    try {
      return await work();
    } finally {
      this.leave(place, queue);
    }
  }

  /** Who leaves hands the turn on, so that nobody comes between. */
  private turn(queue: Queue, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        queue.waiting.splice(queue.waiting.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.waiting.push(enter);
    });
  }

  private leave(place: string, queue: Queue): void {
    const next = queue.waiting.shift();
    if (next) return next();
    queue.busy -= 1;
    if (queue.busy === 0) this.queues.delete(place);
  }
}
