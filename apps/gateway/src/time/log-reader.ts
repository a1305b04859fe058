import { Injectable } from '@nestjs/common';
import { toDomainError } from '#libs/platform/src/command-runner/append.js';
import {
  EventStore,
  type ReadStreamOptions,
  type RecordedEvent,
} from '#libs/platform/src/event-store/event-store.js';

/** Where an event lies. */
export interface Place {
  readonly stream: string;
  readonly revision: number;
}

/** Events of one stream that lie side by side, newest first. */
export interface Stretch extends Required<Pick<ReadStreamOptions, 'from' | 'limit'>> {
  readonly stream: string;
}

/** As few stretches as these can be read in. */
export const stretchesOf = (places: readonly Place[]): readonly Stretch[] => {
  const found: { stream: string; from: number; limit: number }[] = [];
  for (const [stream, those] of Map.groupBy(places, (place) => place.stream)) {
    const revisions = those.map(({ revision }) => revision).toSorted((a, b) => b - a);
    for (const revision of revisions) {
      const last = found.at(-1);
      if (last?.stream === stream && last.from - last.limit === revision) last.limit += 1;
      else found.push({ stream, from: revision, limit: 1 });
    }
  }
  return found;
};

/** Reads what the read models know the places of. */
@Injectable()
export class LogReader {
  constructor(private readonly eventStore: EventStore) {}

  /** In log order. `unavailable` when the log is away. */
  async read(stretches: readonly Stretch[]): Promise<readonly RecordedEvent[]> {
    const { eventStore } = this;
    try {
      const read = await Promise.all(
        stretches.map(({ stream, from, limit }) =>
          Array.fromAsync(eventStore.readStream(stream, { from, limit, direction: 'backwards' })),
        ),
      );
      return read.flat().toSorted((a, b) => eventStore.compareCursors(a.cursor, b.cursor));
    } catch (error) {
      throw toDomainError(error);
    }
  }
}
