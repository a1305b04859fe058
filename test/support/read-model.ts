import type { Cursor } from '#libs/kernel/src/event.js';
import type { AnyProjection } from '#libs/kernel/src/projection.js';
import { type Clock, SystemClock } from '#libs/platform/src/clock.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import type { ReadStore, ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type Fact, happen } from './event-log.js';
import { Bench } from './read-store.js';

/** Projections over a log of their own, which advances by a minute with each event. */
export class ReadModel {
  private readonly bench = new Bench();
  private readonly told = new Set<string>();
  private minutes = 0;
  private readonly clock: Clock = new (class extends SystemClock {
    constructor(private readonly model: ReadModel) {
      super();
    }
    override now(): Date {
      return new Date(Date.UTC(2026, 0, 1, 0, this.model.minutes++));
    }
  })(this);
  private store = new MemoryEventStore(new MemoryLog(this.clock));
  private models: ReadStore | undefined;

  constructor(private readonly projections: readonly AnyProjection[]) {}

  /** The view when these facts have happened to the stream, after all that happened before. */
  async after(stream: string, ...facts: [Fact, ...Fact[]]): Promise<ReadView> {
    this.models ??= await this.bench.open(this.store, { projections: this.projections });
    for (const [type] of facts) this.told.add(type);
    const cursor = await happen(this.store, stream, ...facts);
    await this.models.passed(cursor, 10_000);
    return this.models.now();
  }

  /** As it was; for after something has happened. */
  asOf(cursor: Cursor | undefined): ReadView {
    if (!this.models || cursor === undefined) throw new Error('nothing has happened yet');
    return this.models.asOf(cursor);
  }

  /** Event types that a projection handles and that never happened here. */
  untold(): string[] {
    return this.projections.flatMap(({ on }) => Object.keys(on)).filter((type) => !this.told.has(type));
  }

  /** Back to an empty log. */
  async reset(): Promise<void> {
    await this.models?.close();
    this.models = undefined;
    this.minutes = 0;
    this.store = new MemoryEventStore(new MemoryLog(this.clock));
  }

  async end(): Promise<void> {
    await this.bench.end();
  }
}
