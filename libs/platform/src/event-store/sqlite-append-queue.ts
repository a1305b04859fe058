import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers';
import type { Clock } from '../clock.js';
import { Deadlines, type Waiting } from './deadlines.js';
import { AppendOutcomeUnknown, StoreUnavailable, WrongRevision } from './event-store.errors.js';
import type { Expected } from './event-store.js';
import { type AppendRequest, categoryOf } from './requests.js';
import type { Writer } from './sqlite-writer.js';
import { expects, type Flat, outcome } from './sqlite-batch.js';

/** Where the last event of an append is. */
export interface Place {
  readonly revision: number;
  readonly position: number;
}

/** An append that is new in the log, and the time in ms that it was recorded at. */
export interface Written {
  readonly request: AppendRequest;
  readonly place: Place;
  readonly at: number;
}

interface Pending extends Waiting {
  readonly request: AppendRequest;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: Error) => void;
  readonly timeoutMs: number;
  /** Handed to the writer. */
  begun: boolean;
}

/** Bounds what one commit makes the others wait. */
const mostAppends = 1000;
const mostBatchBytes = 4 * 1024 * 1024;
/** Bounds the memory of what waits for a slow disk. */
const mostWaitingBytes = 64 * 1024 * 1024;
const longestCloseMs = 15_000;
/** What is handed over before all of it is there; less is not worth a message. */
const leastShare = 16;

const expectedNumber = (expected: Expected): number => {
  if (typeof expected === 'number') return expected;
  return { no_stream: expects.noStream, stream_exists: expects.streamExists, any: expects.any }[expected];
};

const flatOf = (batch: readonly Pending[], at: number, more: boolean): Flat => {
  const flat: Flat = [at, more ? 1 : 0];
  for (const { request } of batch) {
    const { stream, expected, events } = request;
    flat.push(stream, categoryOf(stream), expectedNumber(expected), events.length);
    for (const { id, type, data, metadata } of events) flat.push(id, type, data, metadata);
  }
  return flat;
};

const placeOf = (answers: Flat, at: number): Place => ({
  revision: answers[at + 1] as number,
  position: answers[at + 2] as number,
});

/** Bytes that a request holds while it waits, roughly. */
const weightOf = ({ bytes, events }: AppendRequest): number => bytes + 500 * (events.length + 1);

/**
 * Group commit: everything that is asked for while one commit is being made is the next one. So a lone writer never waits for company,
 * and many share the price of one sync. Where many ask in one turn of the event loop the writer begins with the first of them.
 */
export class AppendQueue {
  private waiting: Pending[] = [];
  private waitingBytes = 0;
  /** What the commit holds that is not yet complete, or was the last. */
  private group = { appends: 0, bytes: 0 };
  /** The commit is complete and not yet answered. */
  private closed = false;
  /** Batches not yet answered. */
  private readonly underWay = new Set<readonly Pending[]>();
  private readonly deadlines = new Deadlines<Pending>(
    () => [...this.waiting, ...[...this.underWay].flat()],
    (late) => {
      this.expire(late);
    },
  );
  private share = leastShare;
  private writer: Writer;
  private soon: NodeJS.Immediate | undefined;
  private drained: (() => void) | undefined;

  constructor(
    private readonly path: string,
    private readonly connect: () => Writer,
    private readonly clock: Clock,
    private readonly written: (appends: readonly Written[]) => void,
  ) {
    this.writer = connect();
  }

  append(request: AppendRequest, timeoutMs: number): Promise<Place> {
    const weight = weightOf(request);
    if (this.waitingBytes + weight > mostWaitingBytes)
      return Promise.reject(
        new StoreUnavailable(`more is waiting for the log ${this.path} than it can take`),
      );
    return new Promise((resolve, reject) => {
      const until = performance.now() + timeoutMs;
      this.waiting.push({ request, resolve, reject, until, timeoutMs, begun: false });
      this.waitingBytes += weight;
      this.deadlines.watch(until);
      this.schedule();
    });
  }

  /** Rejects with `StoreUnavailable` unless the log can be written to at this moment. */
  async probe(timeoutMs: number): Promise<void> {
    await this.append({ stream: '', expected: 'any', events: [], bytes: 0 }, timeoutMs);
  }

  /** Resolves when everything accepted is answered, or after 15 seconds of a disk that does not answer. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0 || this.underWay.size > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, longestCloseMs);
        this.drained = () => {
          clearTimeout(timer);
          resolve();
        };
      });
  }

  async close(): Promise<void> {
    clearImmediate(this.soon);
    this.deadlines.stop();
    await this.writer.close();
  }

  private expire(pending: Pending): void {
    const late = `the log ${this.path} did not answer within ${pending.timeoutMs} ms`;
    if (pending.begun) return pending.reject(new AppendOutcomeUnknown(late));
    this.waiting.splice(this.waiting.indexOf(pending), 1);
    this.waitingBytes -= weightOf(pending.request);
    pending.reject(new StoreUnavailable(`${late}, and the append was not begun`));
    this.settle();
  }

  private schedule(): void {
    if (this.closed || this.waiting.length === 0) return;
    // One stays behind, so that there is something to complete the commit with.
    if (this.waiting.length > this.share) this.handOver(this.waiting.length - 1);
    // Whoever appends in this turn of the event loop still joins.
    this.soon ??= setImmediate(() => {
      this.soon = undefined;
      if (!this.closed && (this.waiting.length > 0 || this.group.appends > 0))
        this.handOver(Number.POSITIVE_INFINITY);
    });
  }

  /** Gives the writer at most so many of those that wait; unless more follow, they complete the commit. */
  private handOver(most: number): void {
    const batch = this.take(most);
    this.closed = batch.length < most;
    this.underWay.add(batch);
    if (!this.writer.alive) this.writer = this.connect();
    const at = this.clock.now().getTime();
    const { closed } = this;
    this.writer.write(flatOf(batch, at, !closed)).then(
      (answers) => {
        this.end(batch, closed);
        this.answer(batch, answers, at);
        this.settle();
      },
      (error: unknown) => {
        this.end(batch, closed);
        this.fail(batch, error);
        this.settle();
      },
    );
  }

  private end(batch: readonly Pending[], closed: boolean): void {
    this.underWay.delete(batch);
    if (!closed) return;
    this.share = Math.max(leastShare, Math.floor(this.group.appends / 4));
    this.group = { appends: 0, bytes: 0 };
    this.closed = false;
    this.schedule();
  }

  private take(most: number): readonly Pending[] {
    let count = 0;
    for (const { request } of this.waiting) {
      const { appends, bytes } = this.group;
      const full = appends === mostAppends || (appends > 0 && bytes + request.bytes > mostBatchBytes);
      if (full || count === most) break;
      this.group = { appends: appends + 1, bytes: bytes + request.bytes };
      count += 1;
    }
    const batch = this.waiting.splice(0, count);
    for (const pending of batch) {
      pending.begun = true;
      this.waitingBytes -= weightOf(pending.request);
    }
    return batch;
  }

  private answer(batch: readonly Pending[], answers: Flat, at: number): void {
    const written: Written[] = [];
    for (const [index, { request }] of batch.entries())
      if (answers[3 * index] === outcome.appended)
        written.push({ request, place: placeOf(answers, 3 * index), at });
    this.written(written);
    for (const [index, { request, resolve, reject }] of batch.entries()) {
      const kind = answers[3 * index] as number;
      if (kind === outcome.appended || kind === outcome.repeated) resolve(placeOf(answers, 3 * index));
      else reject(this.errorOf(request, kind, answers[3 * index + 1] as number | string));
    }
  }

  private errorOf({ stream, expected }: AppendRequest, kind: number, detail: number | string): Error {
    if (kind === outcome.conflict)
      return new WrongRevision(stream, expected, detail === -1 ? 'no_stream' : (detail as number));
    if (kind === outcome.unknown)
      return new AppendOutcomeUnknown(`the log ${this.path} failed while it wrote: ${detail}`);
    return new StoreUnavailable(`the log ${this.path} cannot be written: ${detail}`);
  }

  private fail(batch: readonly Pending[], cause: unknown): void {
    for (const pending of batch) {
      pending.reject(new AppendOutcomeUnknown(`the writer of the log ${this.path} was lost`, { cause }));
    }
  }

  private settle(): void {
    if (this.waiting.length === 0 && this.underWay.size === 0) this.drained?.();
  }
}
