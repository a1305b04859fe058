import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Metadata } from '#libs/kernel/src/event.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { RequestsQueries } from '#projections/requests/requests.queries.js';
import type { Exchange } from '../http/exchange.js';
import { idempotencyKey } from '../http/idempotency.js';
import { reasonOf } from '../http/reason.js';
import { expectedRevision } from '../http/revision.js';

/** What the headers of an import may say: an import has no revision, and what is repeated changes nothing, with a key or without. */
@Injectable()
export class ImportRequests {
  constructor(
    private readonly readStore: ReadStore,
    private readonly requests: RequestsQueries,
  ) {}

  /** Throws what a request is refused with before its body is read. */
  demandProper({ request, caller }: Exchange): void {
    if (expectedRevision(request.headers['if-match']) !== undefined)
      throw new DomainError('wrong-revision', 'an import has no revision to match');
    const key = idempotencyKey(request);
    if (key === undefined) return;
    // An import itself leaves no mark: whoever is found was another request.
    if (!this.requests.find(this.readStore.now(), caller.userId, key)) return;
    throw new DomainError(
      'idempotency-key-reused',
      'the Idempotency-Key was given with another request before',
    );
  }
}

/** What travels with everything that an import writes. Throws `validation-failed` for a reason that cannot be read. */
export const metadataOf = (exchange: Exchange, projectId: string): Omit<Metadata, 'commandId'> => {
  const { caller, correlationId, requestId, request } = exchange;
  const { userId, username, projectId: spokenFor } = caller;
  const reason = reasonOf(request.headers);
  return {
    actor: { userId, username, projectId: spokenFor },
    projectId,
    correlationId,
    causationId: requestId,
    ...(reason !== undefined && { reason }),
  };
};
