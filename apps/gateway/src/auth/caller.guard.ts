import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { may } from '#libs/access/src/access.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { passedCursor } from '../http/as-of.js';
import { type Caller, Exchange } from '../http/exchange.js';
import { demandKnownQuery } from '../http/query.js';
import { type Route, Routes } from '../http/routes.js';
import { Authentication } from './authentication.js';

/** Lets nobody through whom the route's `@Requires` does not permit, and makes the exchange that the route is handed. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly routes: Routes,
    private readonly authentication: Authentication,
    private readonly readStore: ReadStore,
    private readonly eventStore: EventStore,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const exchange = new Exchange(request, http.getResponse<FastifyReply>(), this.readStore);
    request.exchange = exchange;
    const route = this.routes.of(context.getHandler());
    exchange.answered = route.answers;
    if (route.permission === 'public') return this.admit(exchange, route);
    const cursor = request.headers['craton-cursor'];
    return cursor === undefined
      ? this.identify(exchange, route)
      : this.identifyAfter(String(cursor), exchange, route);
  }

  /** What the client has seen elsewhere is seen here before anything is decided. */
  private async identifyAfter(cursor: string, exchange: Exchange, route: Route): Promise<boolean> {
    const { readStore, eventStore } = this;
    await passedCursor({ readStore, eventStore }, cursor);
    return this.identify(exchange, route);
  }

  private identify(exchange: Exchange, route: Route): boolean | Promise<boolean> {
    const caller = this.authentication.caller(exchange.request);
    if (caller instanceof Promise) return caller.then((known) => this.admit(exchange, route, known));
    return this.admit(exchange, route, caller);
  }

  private admit(exchange: Exchange, { permission, method, query }: Route, caller?: Caller): true {
    if (caller && permission !== 'public') {
      if (!may(caller.roles, permission)) {
        throw new DomainError(
          'forbidden',
          `${permission} is not granted to ${caller.roles.join(', ') || 'nobody'}`,
        );
      }
      exchange.caller = caller;
    }
    if (!query) demandKnownQuery(exchange.request.query, method === 'GET' && permission !== 'public');
    return true;
  }
}
