import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { KeyRow } from '#projections/access/access.queries.js';
import { ApiKeys, digestOf } from './api-keys.js';
import { FailedLogins } from './failed-logins.js';

/** Somebody who shows a token, from an address. */
export interface Login {
  readonly token: string;
  readonly address: string;
}

/** Verifies who has not been verified yet, as long as not too many have failed. */
@Injectable()
export class Logins {
  constructor(
    private readonly keys: ApiKeys,
    private readonly failures: FailedLogins,
  ) {}

  /** The key that the token is. Rejects with `unauthenticated`, or with `too-many-requests` without having looked. */
  verify(login: Login, key: KeyRow | undefined): KeyRow | Promise<KeyRow> {
    if (key && this.keys.remembers(digestOf(login.token), key.hash)) return key;
    return this.verified(login, key);
  }

  private async verified({ token, address }: Login, key: KeyRow | undefined): Promise<KeyRow> {
    this.failures.demandFew(address, key?.id);
    if (key && (await this.keys.verify(token, key.hash))) return key;
    this.failures.count(address, key?.id);
    throw new DomainError('unauthenticated', 'the API key is not valid');
  }
}
