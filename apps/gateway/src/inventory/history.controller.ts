import { Controller, Get, Query } from '@nestjs/common';
import { shownData } from '#libs/inventory/src/variables-mask.policy.js';
import type { Metadata } from '#libs/kernel/src/event.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { pathOf } from '../http/problem.js';
import { AnswersPage, Requires } from '../http/requires.js';
import { HistoryEntryBody, HistoryQuery } from './history.bodies.js';
import { HostHistory } from './host-history.js';

const entryOf = ({ recordedAt, cursor, type, stream, revision, metadata, data }: RecordedEvent) => {
  const { actor, reason = null, correlationId } = metadata as unknown as Metadata;
  return {
    recorded_at: recordedAt.toISOString(),
    cursor,
    type,
    stream,
    revision,
    actor: actor.username,
    reason,
    correlation_id: correlationId,
    data: shownData(type, data),
  } satisfies HistoryEntryBody;
};

@Controller('v1/hosts/:id/history')
export class HistoryController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly history: HostHistory,
  ) {}

  @Get()
  @Requires('hosts:read')
  @AnswersPage('Tells what happened to a host last, in the order of the log', 'history', HistoryEntryBody)
  async show(@Current() exchange: Exchange, @Id() id: string, @Query() { limit }: HistoryQuery) {
    const { view } = exchange;
    const row = this.inventory.device(view, id);
    const host = exchange.visible(row?.kind === 'host' ? row : undefined, 'host');
    const events = await this.history.last(view, host, limit + 1);
    const link = (rel: string, cursor?: string) => {
      const query = new URLSearchParams({ limit: String(limit), ...(cursor && { as_of: cursor }) });
      return { rel, href: exchange.address(`${pathOf(exchange.request)}?${query.toString()}`) };
    };
    // What came before is the history as of the event before the first one that is shown.
    const before = events.length > limit ? [link('next', events[0]?.cursor)] : [];
    return {
      history: events.slice(-limit).map(entryOf),
      links: [link('first'), link('self', view.cursor), ...before],
    };
  }
}
