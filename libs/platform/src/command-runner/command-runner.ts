import { Injectable } from '@nestjs/common';
import type { Decider } from '#libs/kernel/src/decider.js';
import type { Cursor, Event } from '#libs/kernel/src/event.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import type { CommandMetadata } from './command-metadata.js';
import type { Receipt } from './fold.js';
import { StreamQueue } from './stream-queue.js';

export type { CommandMetadata } from './command-metadata.js';
export type { Receipt } from './fold.js';

const maxStreams = 20_000;

/**
 * Runs every command against every decider: folds the stream (kept between commands, bounded), decides, appends at that
 * revision. A repeated `commandId` is answered with the first outcome while it is among the stream's last thousand commands.
 * Rejects with a `DomainError`: what `decide` threw, `wrong-revision`, or `unavailable` when the log is away.
 */
@Injectable()
export class CommandRunner {
  // oxlint-disable-next-line typescript/no-explicit-any -- each queue knows its own decider
  private readonly queues = new Map<string, StreamQueue<any, any, any>>();

  constructor(private readonly store: EventStore) {}

  run<S, C, E extends Event>(
    decider: Decider<S, C, E>,
    id: string,
    command: C,
    metadata: CommandMetadata,
  ): Promise<Receipt> {
    const queue = this.queueOf(decider, id);
    return new Promise((resolve, reject) => queue.submit({ command, metadata, resolve, reject }));
  }

  /** The state after everything that is in the log now. It may change in place with the next command: use it at once. */
  async read<S, C, E extends Event>(
    decider: Decider<S, C, E>,
    id: string,
  ): Promise<{ readonly state: S; readonly revision: number; readonly cursor: Cursor | undefined }> {
    const { state, revision, cursor } = await this.queueOf(decider, id).read();
    return { state, revision, cursor };
  }

  private queueOf<S, C, E extends Event>(decider: Decider<S, C, E>, id: string): StreamQueue<S, C, E> {
    const stream = `${decider.category}-${id}`;
    const queue = this.queues.get(stream) ?? new StreamQueue(this.store, decider, stream);
    this.queues.delete(stream);
    this.queues.set(stream, queue);
    if (this.queues.size > maxStreams) this.forgetOldest();
    return queue as StreamQueue<S, C, E>;
  }

  private forgetOldest(): void {
    for (const [stream, queue] of this.queues) {
      if (queue.idle) {
        this.queues.delete(stream);
        return;
      }
    }
  }
}
