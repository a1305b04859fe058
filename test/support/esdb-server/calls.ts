import type { ServiceError } from '@grpc/grpc-js';
import type { Faults } from './faults.js';

interface Call {
  readonly cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** The calls that are open now, by method, and what a fault does to each as it begins. */
export class Calls {
  private readonly open = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  private gate: Promise<void> | undefined;
  private waiting = 0;

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
    await this.pass();
    return !this.faults.silent;
  }

  /** How many calls wait at the gate. */
  get held(): number {
    return this.waiting;
  }

  /** From now on calls wait, until the answer is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => {
      open = () => {
        this.gate = undefined;
        resolve();
      };
    });
    return open;
  }

  private async pass(): Promise<void> {
    if (!this.gate) return;
    this.waiting += 1;
    await this.gate;
    this.waiting -= 1;
  }
}

/** What `admit` threw, as gRPC wants it. */
export const asServiceError = (error: unknown): ServiceError => error as ServiceError;
