import { Injectable } from '@nestjs/common';
import type { Decider } from '#libs/kernel/src/decider.js';
import type { Cursor, Event } from '#libs/kernel/src/event.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { WrongRevision } from '#libs/platform/src/event-store/event-store.errors.js';
import { appendSurely, toDomainError } from './append.js';
import { type CommandMetadata, toNewEvents } from './command-metadata.js';
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

  /**
   * The same for a stream that nobody has written to or is about to, such as that of a new owner: nothing is read first and nothing
   * is kept, which a hundred thousand of them would otherwise be. Where somebody has written after all, it is run as any other.
   */
  async begin<S, C, E extends Event>(
    decider: Decider<S, C, E>,
    id: string,
    command: C,
    metadata: CommandMetadata,
  ): Promise<Receipt> {
    const events = decider.decide(command, decider.initialState());
    const [first, ...rest] = toNewEvents(events, metadata);
    if (!first) return this.run(decider, id, command, metadata);
    try {
      const stream = `${decider.category}-${id}`;
      const { revision, cursor } = await appendSurely(this.store, stream, 0, [first, ...rest]);
      return { revision, cursor, events };
    } catch (error) {
      if (error instanceof WrongRevision) return this.run(decider, id, command, metadata);
      throw toDomainError(error);
    }
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
