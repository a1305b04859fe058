import { Injectable } from '@nestjs/common';
import type { Metadata } from '#libs/kernel/src/event.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';

const remembered = 10_000;
const patienceMs = 30_000;

/** Who set a run or a window in motion: what the engine does for it, it does on their behalf. */
@Injectable()
export class Origins {
  private readonly known = new Map<string, Metadata>();

  constructor(private readonly store: EventStore) {}

  /** Metadata of a stream's first event. */
  async of(stream: string): Promise<Metadata> {
    const known = this.known.get(stream);
    if (known) return known;
    const signal = AbortSignal.timeout(patienceMs);
    for await (const { metadata } of this.store.readStream(stream, { from: 0, limit: 1, signal })) {
      const origin = metadata as unknown as Metadata;
      if (this.known.size >= remembered) this.known.clear();
      this.known.set(stream, origin);
      return origin;
    }
    throw new Error(`stream ${stream} is empty`);
  }

  /** For a command of the engine's own to what the stream is about. */
  async metadata(stream: string, commandId: string = newId()): Promise<CommandMetadata> {
    const { actor, projectId, correlationId, commandId: causationId } = await this.of(stream);
    return { actor, projectId, correlationId, causationId, commandId };
  }
}
