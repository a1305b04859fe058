import { randomUUID } from 'node:crypto';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Stored extends Proposed {
  readonly stream: string;
  readonly revision: number;
  readonly createdMs: number;
  /** Byte offset in the transaction file: sparse, and both commit and prepare position. */
  readonly position: bigint;
}

export type Expectation = number | 'no_stream' | 'stream_exists' | 'any';

export type Outcome =
  | { readonly type: 'written'; readonly last: Stored }
  | { readonly type: 'wrong'; readonly current: number | undefined }
  | { readonly type: 'too-large'; readonly limit: number };

const utf8 = new TextEncoder();
const recordOverhead = 86;

const sizeOf = (event: Proposed) => event.type.length + event.data.length + event.metadata.length;

/**
 * The transaction file of the test server. Decides appends as EventStoreDB's `IndexWriter.CheckCommit` does, and mixes in the
 * system events that a real `$all` holds: stream metadata, statistics, links.
 */
export class TransactionLog {
  readonly all: Stored[] = [];
  /** Off: nothing but what clients append. */
  systemEvents = true;
  /** The server's MaxAppendSize. */
  mostBytes = 1024 * 1024;
  private readonly streams = new Map<string, Stored[]>();
  private readonly watchers = new Set<() => void>();
  /** Ids that this node wrote as leader: what `any` and `stream_exists` know of repeats. */
  private readonly recent = new Map<string, Stored>();
  private end = 0n;

  constructor() {
    this.system('$epoch-information', '$epoch-information', {});
  }

  stream(name: string): readonly Stored[] | undefined {
    return this.streams.get(name);
  }

  /** As a restarted node or a new leader. */
  forgetRecentIds(): void {
    this.recent.clear();
  }

  append(stream: string, expected: Expectation, proposed: readonly Proposed[]): Outcome {
    if (proposed.reduce((sum, event) => sum + sizeOf(event), 0) > this.mostBytes)
      return { type: 'too-large', limit: this.mostBytes };
    const existing = this.streams.get(stream) ?? [];
    const decided = this.check(existing, expected, proposed);
    if (decided) return decided;
    if (this.systemEvents && existing.length === 0) this.system(`$$${stream}`, '$metadata', {});
    const written = proposed.map((event) => this.write(stream, event));
    for (const event of written) this.recent.set(event.id, event);
    if (this.systemEvents) this.noise(stream);
    this.wake();
    return { type: 'written', last: written.at(-1) as Stored };
  }

  /** Index in `all` of the first event at or after a position. */
  indexFrom(position: bigint): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle] as Stored).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Calls back after every append until the answer is called. */
  watch(callback: () => void): () => void {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  }

  get watcherCount(): number {
    return this.watchers.size;
  }

  system(stream: string, type: string, data: object): void {
    this.write(stream, {
      id: randomUUID(),
      type,
      contentType: 'application/json',
      data: utf8.encode(JSON.stringify(data)),
      metadata: new Uint8Array(),
    });
  }

  wake(): void {
    for (const callback of this.watchers) callback();
  }

  private noise(stream: string): void {
    this.system('$stats-127.0.0.1:2113', '$statsCollected', { events: this.all.length });
    this.system(`$ce-${stream.split('-')[0]}`, '$>', { link: stream });
  }

  private check(
    stream: readonly Stored[],
    expected: Expectation,
    proposed: readonly Proposed[],
  ): Outcome | undefined {
    const current = stream.length - 1;
    const wrong = { type: 'wrong', current: current < 0 ? undefined : current } as const;
    if (expected === 'stream_exists' && current < 0) return wrong;
    if (expected === 'any' || expected === 'stream_exists') return this.checkRecent(stream, proposed, wrong);
    const from = expected === 'no_stream' ? 0 : expected + 1;
    if (from === current + 1) return undefined;
    if (!proposed.every(({ id }, index) => stream[from + index]?.id === id)) return wrong;
    return { type: 'written', last: stream[from + proposed.length - 1] as Stored };
  }

  private checkRecent(
    stream: readonly Stored[],
    proposed: readonly Proposed[],
    wrong: Outcome,
  ): Outcome | undefined {
    const known = proposed
      .map(({ id }) => this.recent.get(id))
      .filter((event) => event && stream.includes(event));
    if (known.length === 0) return undefined;
    return known.length === proposed.length ? { type: 'written', last: known.at(-1) as Stored } : wrong;
  }

  private write(name: string, event: Proposed): Stored {
    const stream = this.streams.get(name) ?? [];
    const stored = {
      ...event,
      stream: name,
      revision: stream.length,
      createdMs: Date.now(),
      position: this.end,
    };
    this.end += BigInt(recordOverhead + name.length + sizeOf(event));
    stream.push(stored);
    this.streams.set(name, stream);
    this.all.push(stored);
    return stored;
  }
}
