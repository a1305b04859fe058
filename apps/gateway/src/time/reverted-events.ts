import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Metadata } from '#libs/kernel/src/event.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { HistoryQueries, type LogEntryRow } from '#projections/history/history.queries.js';
import type { Exchange } from '../http/exchange.js';
import { LogReader, stretchesOf } from './log-reader.js';
import type { Reversion } from './revert.bodies.js';

/** What one append to a region takes. */
export const most = 1000;

/** What is to be put back at once. */
export interface FoundEvents {
  /** In log order. */
  readonly events: readonly FoundEvent[];
  /** Where the part before these ends; undefined where these are the first ones. */
  readonly next: string | undefined;
}

/** An event with where in the inventory it belongs. */
export interface FoundEvent {
  readonly event: RecordedEvent;
  readonly entry: LogEntryRow;
}

const refuse = (member: string, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

const refuseAll = (): never => {
  const instead = 'ask for the last ones of them by limit';
  throw new DomainError(
    'payload-too-large',
    `more than ${most} changes cannot be put back at once: ${instead}`,
  );
};

const demandOne = (asked: Reversion): void => {
  if (asked.event_id === undefined) return;
  for (const member of ['correlation_id', 'limit', 'marker'] as const)
    if (asked[member] !== undefined) refuse(member, 'cannot be given together with event_id');
};

export const metadataOf = ({ metadata }: RecordedEvent): Metadata => metadata as unknown as Metadata;

/** Finds what is to be put back. */
@Injectable()
export class RevertedEvents {
  constructor(
    private readonly history: HistoryQueries,
    private readonly log: LogReader,
  ) {}

  /** `not-found` when the caller sees no such change; `payload-too-large` for more than are put back at once, unless it is asked for some. */
  async find(exchange: Exchange, asked: Reversion): Promise<FoundEvents> {
    const { event_id: eventId } = asked;
    demandOne(asked);
    const { entries, next } =
      eventId === undefined
        ? this.part(exchange, asked)
        : { entries: this.history.byEvent(exchange.view, eventId), next: undefined };
    const events = await this.log.read(stretchesOf(entries));
    const found = events
      .filter((event) => eventId === undefined || event.id === eventId)
      .flatMap((event) => this.visible(exchange, event, entries));
    if (found.length === 0) throw new DomainError('not-found', 'there is no such change');
    return { events: found, next };
  }

  /** The last ones of what was done under a correlation id: those behind them are put back already, or will be later. */
  private part({ view }: Exchange, { correlation_id: id, limit, marker }: Reversion) {
    if (id === undefined) return refuse('event_id', 'or correlation_id must say what is to be put back');
    if (marker !== undefined && this.history.at(view, [marker])[0]?.correlation_id !== id)
      refuse('marker', 'must be the next of an answer about the same correlation_id');
    const some = limit ?? most;
    const found = this.history.byCorrelation(view, id, { before: marker, limit: some + 1 });
    if (found.length <= some) return { entries: found, next: undefined };
    if (limit === undefined) return refuseAll();
    const entries = found.slice(1);
    return { entries, next: entries[0]?.cursor };
  }

  private visible(
    { scope }: Exchange,
    event: RecordedEvent,
    entries: readonly LogEntryRow[],
  ): readonly FoundEvent[] {
    const entry = entries.find(({ cursor }) => cursor === event.cursor);
    const isSeen = scope === undefined || metadataOf(event).projectId === scope;
    return entry && isSeen ? [{ event, entry }] : [];
  }
}
