import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Clock } from '#libs/platform/src/clock.js';
import type { KeyRow } from '#projections/access/access.queries.js';
import type { Caller } from '../http/exchange.js';
import { digestOf } from './api-keys.js';
import { KeyUses } from './key-uses.js';
import { endOfDay, type Known, KnownKeys } from './known-keys.js';
import { Logins } from './logins.js';

const refused = (detail: string) => new DomainError('unauthenticated', detail);

/** What a request says of who sends it. */
interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}

const maxTokenLength = 255;

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

const tokenOf = (headers: IncomingHttpHeaders): string => {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = one(headers['x-auth-token']) ?? bearer;
  if (!token) throw refused('an API key is needed, as X-Auth-Token or as Authorization: Bearer');
  if (bearer !== undefined && bearer !== token) throw refused('the request carries two different API keys');
  if (token.length > maxTokenLength) throw refused('the API key is not valid');
  return token;
};

/** Craton's own clients also say whom the key belongs to; then it must be so. */
const agree = (caller: Caller, headers: IncomingHttpHeaders): Caller => {
  const user = one(headers['x-auth-user']);
  const project = one(headers['x-auth-project']);
  if (user !== undefined && user !== caller.username)
    throw refused('X-Auth-User is not the owner of the API key');
  if (
    project !== undefined &&
    project.replaceAll('-', '').toLowerCase() !== caller.projectId.replaceAll('-', '')
  ) {
    throw refused('X-Auth-Project is not the project of the API key');
  }
  return caller;
};

/**
 * Who a request comes from, by its API key. A key that was revoked is refused as soon as the read model knows, which in the gateway
 * that revoked it is before that is answered; one that has expired, from that moment on.
 */
@Injectable()
export class Authentication {
  constructor(
    private readonly keys: KnownKeys,
    private readonly logins: Logins,
    private readonly uses: KeyUses,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers at once for a key that was seen before. Throws, or rejects with, `unauthenticated`; `too-many-requests` where too many
   * logins have failed, for keys that were never verified here.
   */
  caller({ headers, ip: address }: Asked): Caller | Promise<Caller> {
    const token = tokenOf(headers);
    const digest = digestOf(token);
    const known = this.keys.recall(digest);
    if (known) return this.admitted(known, headers);
    const { cursor, row } = this.keys.claimOf(token);
    const settle = (key: KeyRow) => this.admitted(this.keys.remember(digest, key, cursor), headers);
    const verified = this.logins.verify({ token, address }, row);
    return verified instanceof Promise ? verified.then(settle) : settle(verified);
  }

  /** Only whoever has the key is told that it has expired. */
  private admitted(known: Known, headers: IncomingHttpHeaders): Caller {
    const now = this.clock.now();
    const time = now.getTime();
    if (time >= known.expiresAt) throw refused('the API key has expired');
    const caller = agree(known.caller, headers);
    if (time >= known.notedUntil) {
      this.uses.note(known.key, now);
      known.notedUntil = endOfDay(time);
    }
    return caller;
  }
}
