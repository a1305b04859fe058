import { Controller, Get, Query, type Type } from '@nestjs/common';
import { shownData } from '#libs/inventory/src/variables-mask.policy.js';
import type { Metadata } from '#libs/kernel/src/event.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { choosing } from '../http/page.js';
import { pathOf } from '../http/problem.js';
import { AnswersPage, named, Requires } from '../http/requires.js';
import { Changes } from './changes.js';
import { HistoryEntryBody, HistoryQuery } from './history.bodies.js';
import { histories, type History } from './kinds.js';
import type { Change } from './members.js';
import { SubjectHistory } from './subject-history.js';
import { Subjects } from './subjects.js';

const entryOf = (event: RecordedEvent, change: Change | undefined): HistoryEntryBody => {
  const { id, recordedAt, cursor, type, stream, revision, data } = event;
  const { actor, reason = null, correlationId } = event.metadata as unknown as Metadata;
  return {
    event_id: id,
    recorded_at: recordedAt.toISOString(),
    cursor,
    type,
    stream,
    revision,
    actor: actor.username,
    reason,
    correlation_id: correlationId,
    data: shownData(type, data),
    before: change?.before ?? null,
    after: change?.after ?? null,
  };
};

/** Of data; members before and after are as much again. */
const mostText = 8 * 1024 * 1024;

/** The last ones of which an answer can be made; never none. */
const fitting = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => {
  let room = mostText;
  const first = events.findLastIndex(({ data }) => (room -= JSON.stringify(data).length) < 0);
  return events.slice(Math.min(first + 1, events.length - 1));
};

/** The same route for everything that has a history. */
const historyOf = (history: History): Type => {
  const { kind, collection, words, permission } = history;

  @Controller(`v1/${collection}/:id/history`)
  class HistoryController {
    constructor(
      private readonly subjects: Subjects,
      private readonly history: SubjectHistory,
      private readonly changes: Changes,
    ) {}

    @Get()
    @Requires(permission)
    @AnswersPage(
      `Tells what happened to a ${words} last, in the order of the log`,
      'history',
      HistoryEntryBody,
    )
    async show(@Current() exchange: Exchange, @Id() id: string, @Query() query: HistoryQuery) {
      const { view } = exchange;
      const { limit, fields } = query;
      const chosen = choosing(exchange, query);
      const subject = this.subjects.find(exchange, view, history, id);
      const events = await this.history.last(view, kind, subject, limit + 1);
      const link = (rel: string, cursor?: string) => {
        const parameters = {
          limit: String(limit),
          ...(fields && { fields }),
          ...(cursor && { as_of: cursor }),
        };
        const asked = new URLSearchParams(parameters).toString();
        return { rel, href: exchange.address(`${pathOf(exchange.request)}?${asked}`) };
      };
      // What came before is the history as of the event before the first one that is shown.
      const shown = fitting(events.slice(-limit));
      const left = events.length - shown.length;
      const before = left > 0 ? [link('next', events[left - 1]?.cursor)] : [];
      const changes = this.changes.of(view, shown);
      return {
        history: shown.map((event) => chosen(entryOf(event, changes.get(event.cursor)))),
        links: [link('first'), link('self', view.cursor), ...before],
      };
    }
  }
  return named(HistoryController, kind, 'HistoryController');
};

export const historyControllers: readonly Type[] = histories.map((history) => historyOf(history));
