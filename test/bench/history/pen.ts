import { v7 } from 'uuid';
import type { Event, Metadata } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { chance } from '../numbers.js';

export interface Fact {
  readonly stream: string;
  readonly event: NewEvent;
}

/** When what it writes began to happen. */
const epoch = Date.UTC(2026, 0, 1);

/** Writes facts as the gateway and the engine would, the same ones in every run. */
export class Pen {
  readonly projectId: string;
  readonly userId: string;
  private readonly random = chance(7);
  private written = 0;

  constructor() {
    this.projectId = this.id();
    this.userId = this.id();
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** A UUIDv7 of the time that has been reached. */
  id(): string {
    const random = Uint8Array.from({ length: 16 }, () => this.below(256));
    return v7({ msecs: epoch + this.written * 60_000, seq: this.below(2 ** 31), random });
  }

  time(laterMs = 0): string {
    return new Date(epoch + this.written * 60_000 + laterMs).toISOString();
  }

  fact<E extends Event>(stream: string, type: E['type'], data: E['data'], by: 'person' | 'engine'): Fact {
    this.written += 1;
    const metadata = this.metadata(by) as unknown as JsonObject;
    return { stream, event: { id: this.id(), type, data: data as JsonObject, metadata } };
  }

  private metadata(by: 'person' | 'engine'): Metadata {
    const requestId = this.id();
    const luck = by === 'person' ? this.below(10) : 10;
    return {
      actor: {
        userId: this.userId,
        username: by === 'person' ? 'admin' : 'engine',
        projectId: this.projectId,
      },
      projectId: this.projectId,
      correlationId: requestId,
      causationId: requestId,
      commandId: this.id(),
      ...(luck < 2 && { reason: 'planned replacement of the power supply' }),
      ...(luck === 9 && {
        request: { key: requestId, fingerprint: requestId.repeat(2).slice(0, 43), subject: requestId },
      }),
    };
  }
}
