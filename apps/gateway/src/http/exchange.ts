import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v5 } from 'uuid';
import { seesEveryProject } from '#libs/access/src/access.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { demandRevision } from '#libs/platform/src/command-runner/command-metadata.js';
import type { Actor, Cursor } from '#libs/kernel/src/event.js';
import type { Role } from '#libs/inventory/src/project.events.js';
import type { ReadStore, ReadView } from '#libs/platform/src/read-store/read-store.js';
import { viewAsOf } from './as-of.js';
import { isUuid } from './fields.js';
import { idempotencyKey } from './idempotency.js';
import { isRequestId } from './request-id.js';
import type { Answered } from './requires.js';
import { etag, expectedRevision, isKnown } from './revision.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard. */
    exchange: Exchange | null;
  }
}

/** Who asks, as their key says. */
export interface Caller extends Actor {
  readonly roles: readonly Role[];
  /** What the keys of variables must begin with that they may write; null for any. */
  readonly variablePrefixes: readonly string[] | null;
}

/** One request and its answer. Handed to a route by `@Current()`. */
export class Exchange {
  /** What the route says that it answers. */
  answered: Answered = { summary: '' };
  private asked: Caller | undefined;
  private seen: ReadView | undefined;
  private command: string | undefined;

  constructor(
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    private readonly readStore: ReadStore,
  ) {}

  get caller(): Caller {
    if (!this.asked) throw new Error('a public route has no caller');
    return this.asked;
  }

  set caller(caller: Caller) {
    this.asked = caller;
  }

  get hasCaller(): boolean {
    return this.asked !== undefined;
  }

  /** UUID of this request; `x-openstack-request-id` without its prefix. */
  get requestId(): string {
    return this.request.id.slice(4);
  }

  /** The same for all requests that a client sends under one global request id. */
  get correlationId(): string {
    const global = this.request.headers['x-openstack-request-id'];
    return typeof global === 'string' && isRequestId(global) ? global.slice(4) : this.requestId;
  }

  /** The same for every request of this caller under one `Idempotency-Key`; without one, for this request. */
  get commandId(): string {
    if (this.command === undefined) {
      const key = idempotencyKey(this.request);
      this.command = key === undefined ? this.requestId : v5(key, this.caller.userId);
    }
    return this.command;
  }

  /** The read models that the answer speaks of: as they are, or as of `?as_of=`. */
  get view(): ReadView {
    this.seen ??= viewAsOf(this.readStore, (this.request.query as { as_of?: unknown }).as_of);
    return this.seen;
  }

  /** Undefined when the answer does not come from a view. */
  get seenCursor(): Cursor | undefined {
    return this.seen?.cursor;
  }

  /** The project beyond which nothing is shown; undefined for those who see every project. */
  get scope(): string | undefined {
    return seesEveryProject(this.caller.roles) ? undefined : this.caller.projectId;
  }

  /** The row, unless there is none or it belongs to a project that the caller does not see: both are the same to them. */
  visible<Row extends { readonly project_id: string }>(row: Row | undefined, what: string): Row {
    const { scope } = this;
    if (row && (scope === undefined || row.project_id === scope)) return row;
    throw new DomainError('not-found', `there is no such ${what}`);
  }

  /** For a change of several steps, of which only the last can be held to `If-Match`: refuses before the first. */
  demandRevision(revision: number): void {
    demandRevision(expectedRevision(this.request.headers['if-match']), revision);
  }

  /** A body with its revision as `ETag`, for one that may change while its revision stays, such as by variables it shows. */
  tagged<Body>(revision: number, body: Body): Body {
    this.reply.header('etag', etag(revision));
    return body;
  }

  /** The same for a body that its revision determines: 304 without a body for whoever has it already. */
  fresh<Body>(revision: number, body: Body): Body | undefined {
    this.reply.header('etag', etag(revision));
    const { method, headers } = this.request;
    if ((method !== 'GET' && method !== 'HEAD') || !isKnown(headers['if-none-match'], revision)) return body;
    this.reply.code(304);
    return undefined;
  }

  /** A body that is JSON text already. */
  json(text: string): string {
    this.reply.header('content-type', 'application/json; charset=utf-8');
    return text;
  }

  /** Absolute address of a path of this API, as the client reached it. */
  address(path: string): string {
    const { protocol, host } = this.request;
    return host ? `${protocol}://${host}${path}` : path;
  }
}

const exchangeOf = (context: ExecutionContext): Exchange => {
  const { exchange } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!exchange) throw new Error('the guard has not run');
  return exchange;
};

export const Current = createParamDecorator((_: unknown, context: ExecutionContext) => exchangeOf(context));

/** An identifier in the path. What is not a UUID names nothing. */
export const Id = createParamDecorator((name: string | undefined, context: ExecutionContext): string => {
  const parameters = context.switchToHttp().getRequest<FastifyRequest>().params as Record<string, string>;
  const id = (parameters[name ?? 'id'] ?? '').toLowerCase();
  if (!isUuid(id)) throw new DomainError('not-found', 'what is not a UUID names nothing');
  return id;
});
