/** How many a bucket holds, and how often one is added to it. */
export interface Measure {
  readonly burst: number;
  readonly everyMs: number;
}

const maxBuckets = 20_000;

/**
 * Token buckets by name, each kept as the one time at which it will be full again. What is taken beyond an empty bucket is owed.
 * A bucket that nobody touched for longest is forgotten first when there are too many.
 */
export class Buckets {
  private readonly fullAt = new Map<string, number>();

  constructor(private readonly measure: Measure) {}

  get size(): number {
    return this.fullAt.size;
  }

  /** Milliseconds until something is in the bucket; 0 when there is. */
  waitFor(name: string, now: number): number {
    const { burst, everyMs } = this.measure;
    return Math.max(0, (this.fullAt.get(name) ?? now) - now - (burst - 1) * everyMs);
  }

  take(name: string, now: number): void {
    const fullAt = Math.max(now, this.fullAt.get(name) ?? now) + this.measure.everyMs;
    this.fullAt.delete(name);
    this.fullAt.set(name, fullAt);
    if (this.fullAt.size > maxBuckets) this.fullAt.delete(this.fullAt.keys().next().value as string);
  }
}
