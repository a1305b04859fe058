import { Controller, Get, Query } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { Span } from '#libs/platform/src/read-store/versions.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { viewAsOf } from '../http/as-of.js';
import { Current, type Exchange } from '../http/exchange.js';
import { pathOf } from '../http/problem.js';
import { AnswersPage, Requires } from '../http/requires.js';
import { DifferenceBody, DiffQuery } from './diff.bodies.js';
import { Differences } from './differences.js';
import { type Subtree, subtreeOf } from './subtree.js';

const refuse = (member: string, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

@Controller('v1/diff')
export class DiffController {
  constructor(
    private readonly readStore: ReadStore,
    private readonly differences: Differences,
  ) {}

  @Get()
  @Requires('variables:read')
  @AnswersPage(
    'Tells what differs between two moments, in all there is or one part of it',
    'diff',
    DifferenceBody,
  )
  show(@Current() exchange: Exchange, @Query() query: DiffQuery) {
    const { limit, marker } = query;
    const { view: asked } = exchange;
    const view = query.to === undefined ? asked : viewAsOf(this.readStore, query.to, 'to');
    const start = query.from === undefined ? undefined : viewAsOf(this.readStore, query.from, 'from').cursor;
    const span: Span = [start ?? '', view.cursor ?? ''];
    if (span[0] > span[1]) refuse('from', 'must not lie behind the other moment');
    const subtree = subtreeOf(exchange, view, query, span);
    if (marker !== undefined && !this.isMarker(marker, subtree, span))
      refuse('marker', 'must be the marker of a link');
    const { rows, next } = this.differences.page(view, { subtree, span, limit, marker });
    // What is compared stays the same however long a client takes for its pages.
    const link = (rel: string, at?: string) => {
      const given = Object.entries(exchange.request.query as Record<string, string>);
      const parameters = new URLSearchParams(given);
      for (const [name, value] of [
        ['from', span[0]],
        ['to', span[1]],
        ['limit', String(limit)],
      ] as const)
        if (value !== '') parameters.set(name, value);
      parameters.delete('marker');
      if (at !== undefined) parameters.set('marker', at);
      return { rel, href: exchange.address(`${pathOf(exchange.request)}?${parameters.toString()}`) };
    };
    const links = [link('first'), link('self', marker), ...(next === undefined ? [] : [link('next', next)])];
    return { diff: rows, links };
  }

  /** Pages of few things end at one of them, others at a place in the log. */
  private isMarker(marker: string, { things }: Subtree, [from, to]: Span): boolean {
    if (things) return marker === from || things.some(([, id]) => id === marker);
    if (marker < from || marker > to) return false;
    try {
      return this.readStore.asOf(marker as Cursor).cursor === marker;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'validation-failed') return false;
      throw error;
    }
  }
}
