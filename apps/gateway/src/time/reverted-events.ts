import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Metadata } from '#libs/kernel/src/event.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { HistoryQueries, type LogEntryRow } from '#projections/history/history.queries.js';
import type { Exchange } from '../http/exchange.js';
import { LogReader, stretchesOf } from './log-reader.js';
import type { Reversion } from './revert.bodies.js';

/** What one append to a region takes. */
const most = 1000;

/** An event with where in the inventory it belongs. */
export interface FoundEvent {
  readonly event: RecordedEvent;
  readonly entry: LogEntryRow;
}

const refuse = (member: string, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

export const metadataOf = ({ metadata }: RecordedEvent): Metadata => metadata as unknown as Metadata;

/** Finds what is to be put back. */
@Injectable()
export class RevertedEvents {
  constructor(
    private readonly history: HistoryQueries,
    private readonly log: LogReader,
  ) {}

  /** In log order. `not-found` when the caller sees no such change; `payload-too-large` for more than are put back at once. */
  async find(exchange: Exchange, asked: Reversion): Promise<readonly FoundEvent[]> {
    const { event_id: eventId, correlation_id: correlationId } = asked;
    if (eventId !== undefined && correlationId !== undefined)
      refuse('correlation_id', 'cannot be given together with event_id');
    const entries = this.entries(exchange, eventId, correlationId);
    if (entries.length > most)
      throw new DomainError('payload-too-large', `more than ${most} changes cannot be put back at once`);
    const events = await this.log.read(stretchesOf(entries));
    const found = events
      .filter((event) => eventId === undefined || event.id === eventId)
      .flatMap((event) => this.visible(exchange, event, entries));
    if (found.length === 0) throw new DomainError('not-found', 'there is no such change');
    return found;
  }

  private entries(
    { view }: Exchange,
    eventId: string | undefined,
    correlationId: string | undefined,
  ): readonly LogEntryRow[] {
    if (eventId !== undefined) return this.history.byEvent(view, eventId);
    return correlationId === undefined
      ? refuse('event_id', 'or correlation_id must say what is to be put back')
      : this.history.byCorrelation(view, correlationId, most + 1);
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
