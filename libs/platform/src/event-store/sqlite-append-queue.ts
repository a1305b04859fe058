import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers';
import type { Clock } from '../clock.js';
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

interface Pending {
  readonly request: AppendRequest;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
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

interface Result {
  readonly request: AppendRequest;
  readonly kind: number;
  readonly detail: number | string;
  /** Where `kind` says that there is one. */
  readonly place: Place;
}

const resultOf = (request: AppendRequest, answers: Flat, at: number): Result => {
  const [kind, detail, position] = [answers[at], answers[at + 1], answers[at + 2]] as [
    number,
    number | string,
    number,
  ];
  return { request, kind, detail, place: { revision: detail as number, position } };
};

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
  private underWay = 0;
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
      const timer = setTimeout(() => {
        this.expire(pending, timeoutMs);
      }, timeoutMs);
      const pending: Pending = { request, resolve, reject, timer, begun: false };
      this.waiting.push(pending);
      this.waitingBytes += weight;
      this.schedule();
    });
  }

  /** Rejects with `StoreUnavailable` unless the log can be written to at this moment. */
  async probe(timeoutMs: number): Promise<void> {
    await this.append({ stream: '', expected: 'any', events: [], bytes: 0 }, timeoutMs);
  }

  /** Resolves when everything accepted is answered, or after 15 seconds of a disk that does not answer. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0 || this.underWay > 0)
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
    await this.writer.close();
  }

  private expire(pending: Pending, timeoutMs: number): void {
    const late = `the log ${this.path} did not answer within ${timeoutMs} ms`;
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
    this.underWay += 1;
    if (!this.writer.alive) this.writer = this.connect();
    const at = this.clock.now().getTime();
    const { closed } = this;
    this.writer.write(flatOf(batch, at, !closed)).then(
      (answers) => {
        this.end(closed);
        this.answer(batch, answers, at);
        this.settle();
      },
      (error: unknown) => {
        this.end(closed);
        this.fail(batch, error);
        this.settle();
      },
    );
  }

  private end(closed: boolean): void {
    this.underWay -= 1;
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
    const results = batch.map(({ request }, index) => resultOf(request, answers, 3 * index));
    this.written(
      results.flatMap(({ request, kind, place }) =>
        kind === outcome.appended ? [{ request, place, at }] : [],
      ),
    );
    for (const [index, { timer, resolve, reject }] of batch.entries()) {
      clearTimeout(timer);
      const { request, kind, detail, place } = results[index] as Result;
      if (kind === outcome.appended || kind === outcome.repeated) resolve(place);
      else reject(this.errorOf(request, kind, detail));
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
      clearTimeout(pending.timer);
      pending.reject(new AppendOutcomeUnknown(`the writer of the log ${this.path} was lost`, { cause }));
    }
  }

  private settle(): void {
    if (this.waiting.length === 0 && this.underWay === 0) this.drained?.();
  }
}
