import type { ServiceError } from '@grpc/grpc-js';
import { setTimeout } from 'node:timers/promises';
import type { Faults } from './faults.js';

interface Call {
  readonly cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The calls that are open now, by method, and what a fault does to each as it begins. */
export class Calls {
  private readonly open = new Map<string, number>();
  private readonly begun = new Map<string, number>();

  constructor(private readonly faults: Faults) {}

  /** How many calls of a method are open now. */
  count(method: string): number {
    return this.open.get(method) ?? 0;
  }

  /** How many calls of a method ever began. */
  total(method: string): number {
    return this.begun.get(method) ?? 0;
  }

  /** Counts the call; the answer ends the counting and must be called when the server ends the call. */
  begin(method: string, call: Call): () => void {
    this.open.set(method, this.count(method) + 1);
    this.begun.set(method, this.total(method) + 1);
    let ended = false;
    const end = () => {
      if (!ended) this.open.set(method, this.count(method) - 1);
      ended = true;
    };
    call.on('cancelled', end);
    return end;
  }

  /** False: say nothing, for ever. Rejects with what the call is refused with. */
  async admit(): Promise<boolean> {
    const refusal = this.faults.refusal();
    // The trailers count, not the class of the error.
    if (refusal) throw Object.assign(new Error(refusal.details), refusal);
    if (this.faults.delayMs > 0) await setTimeout(this.faults.delayMs);
    return !this.faults.silent;
  }
}

/** What `admit` threw, as gRPC wants it. */
export const asServiceError = (error: unknown): ServiceError => error as ServiceError;
