import { Controller, Get, Query } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Span } from '#libs/platform/src/read-store/versions.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { viewAsOf } from '../http/as-of.js';
import { Current, type Exchange } from '../http/exchange.js';
import { pathOf } from '../http/problem.js';
import { AnswersPage, Requires } from '../http/requires.js';
import { DifferenceBody, DiffQuery } from './diff.bodies.js';
import { Differences } from './differences.js';
import { subtreeOf } from './subtree.js';

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
    if (span[0] > span[1]) {
      const message = 'must not lie behind the other moment';
      throw new DomainError('validation-failed', `from ${message}`, {
        violations: [{ member: 'from', message }],
      });
    }
    const subtree = subtreeOf(exchange, view, query, span);
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
}
