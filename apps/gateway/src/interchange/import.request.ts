import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ByteStream } from '#libs/interchange/src/fleet-record.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Metadata, RequestMark } from '#libs/kernel/src/event.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { RequestsQueries } from '#projections/requests/requests.queries.js';
import type { Exchange } from '../http/exchange.js';
import { fingerprints, idempotencyKey } from '../http/idempotency.js';
import { reasonOf } from '../http/reason.js';
import { expectedRevision } from '../http/revision.js';
import { ImportsUnderWay, reused } from './import.claims.js';

/** An import as a request that may be repeated. */
export interface ImportRequest {
  /**
   * What is recorded of the request with the first thing that it changes; undefined without an `Idempotency-Key`, and when it is
   * recorded already. While the same import is under way it waits for that one, for a minute at most. Rejects with
   * `idempotency-key-reused` when another request came under the key, and with `illegal-state` when the wait was in vain.
   */
  claim(): Promise<RequestMark | undefined>;
  /** To be called when all is done, whatever came of it. */
  end(): void;
}

const unmarked: ImportRequest = { claim: () => Promise.resolve(undefined), end: () => undefined };

/** What the headers of an import may say: an import has no revision, and under an `Idempotency-Key` it is repeatable, and nothing else is. */
@Injectable()
export class ImportRequests {
  private readonly underWay = new ImportsUnderWay();

  constructor(
    private readonly readStore: ReadStore,
    private readonly requests: RequestsQueries,
    private readonly keys: KeyRing,
  ) {}

  /** Throws what a request is refused with before its body is read. */
  demandProper({ request, caller: { userId, projectId } }: Exchange): void {
    if (expectedRevision(request.headers['if-match']) !== undefined)
      throw new DomainError('wrong-revision', 'an import has no revision to match');
    reasonOf(request.headers);
    const key = idempotencyKey(request);
    const first = key === undefined ? undefined : this.requests.find(this.readStore.now(), userId, key);
    // The mark of an import names its project: a body that came under the key of something else need not be read.
    if (first && first.subject !== projectId) throw reused();
  }

  /** What the import is known by under its `Idempotency-Key`. `body` is asked for once all of it is there. */
  of({ request, caller: { userId, projectId } }: Exchange, body: () => unknown): ImportRequest {
    const key = idempotencyKey(request);
    if (key === undefined) return unmarked;
    const { method, url } = request;
    let done: (() => void) | undefined;
    return {
      claim: async () => {
        const known = fingerprints({ method, url, body: body() }, this.keys);
        done = await this.underWay.enter(`${userId} ${key}`, known[0] ?? '');
        const first = this.requests.find(this.readStore.now(), userId, key);
        if (!first) return { key, fingerprint: known[0] ?? '', subject: projectId };
        if (known.includes(first.fingerprint)) return undefined;
        throw reused();
      },
      end: () => done?.(),
    };
  }
}

/** A body that is known again under a key, whatever its length. `digest` is for when it is at its end, and asked for once. */
export const digested = (
  bytes: ByteStream,
  { request }: Exchange,
): { readonly bytes: ByteStream; readonly digest: () => string } => {
  if (idempotencyKey(request) === undefined) return { bytes, digest: () => '' };
  const sum = createHash('sha256');
  const passing = async function* () {
    for await (const chunk of bytes) {
      sum.update(chunk);
      yield chunk;
    }
  };
  return { bytes: passing(), digest: () => sum.digest('base64url') };
};

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
