import { Injectable } from '@nestjs/common';
import { toDomainError } from '#libs/platform/src/command-runner/append.js';
import {
  EventStore,
  type ReadStreamOptions,
  type RecordedEvent,
} from '#libs/platform/src/event-store/event-store.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { HistoryQueries } from '#projections/history/history.queries.js';
import type { DeviceRow } from '#projections/inventory/inventory.queries.js';
import { MaintenanceQueries } from '#projections/maintenance/maintenance.queries.js';
import { RunQueries } from '#projections/runs/runs.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';

/** Events of one stream that lie side by side, newest first. */
interface Stretch extends Required<Pick<ReadStreamOptions, 'from' | 'limit'>> {
  readonly stream: string;
}

/** Revisions, newest first, as few stretches as they can be read in. */
const stretchesOf = (stream: string, revisions: readonly number[]): readonly Stretch[] => {
  const found: { stream: string; from: number; limit: number }[] = [];
  for (const revision of revisions) {
    const last = found.at(-1);
    if (last && last.from - last.limit === revision) last.limit += 1;
    else found.push({ stream, from: revision, limit: 1 });
  }
  return found;
};

/** Where in the log it says what happened to a host: to itself, to its variables, and in its windows and runs. */
@Injectable()
export class HostStreams {
  constructor(
    private readonly history: HistoryQueries,
    private readonly variables: VariablesQueries,
    private readonly maintenance: MaintenanceQueries,
    private readonly runs: RunQueries,
  ) {}

  /** No stream can have more than `limit` of the last events, nor can more than `limit` streams have one. */
  last(view: ReadView, { id, region_id }: DeviceRow, limit: number): readonly Stretch[] {
    const variables = this.variables.ownerRevision(view, id);
    const ends = [
      ...(variables === undefined ? [] : [{ stream: `variables-${id}`, revision: variables }]),
      ...this.maintenance.lastOf(view, id, limit).map((one) => ({ ...one, stream: `window-${one.id}` })),
      ...this.runs.lastOf(view, id, limit).map((one) => ({ ...one, stream: `run-${one.id}` })),
    ];
    return [
      ...stretchesOf(`region-${region_id}`, this.history.ofDevice(view, id, limit)),
      ...ends.map(({ stream, revision }) => ({ stream, from: revision, limit })),
    ];
  }
}

/** What happened to a host, straight from the log. */
@Injectable()
export class HostHistory {
  constructor(
    private readonly eventStore: EventStore,
    private readonly streams: HostStreams,
  ) {}

  /** The last events that the view knows of, in log order. */
  async last(view: ReadView, host: DeviceRow, limit: number): Promise<readonly RecordedEvent[]> {
    const { eventStore } = this;
    const stretches = this.streams.last(view, host, limit);
    try {
      const read = await Promise.all(stretches.map((stretch) => this.read(stretch)));
      return read
        .flat()
        .toSorted((a, b) => eventStore.compareCursors(a.cursor, b.cursor))
        .slice(-limit);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  private read({ stream, from, limit }: Stretch): Promise<RecordedEvent[]> {
    return Array.fromAsync(this.eventStore.readStream(stream, { from, limit, direction: 'backwards' }));
  }
}
