import { Injectable } from '@nestjs/common';
import type { Cursor } from '#libs/kernel/src/event.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries, type KeyRow } from '#projections/access/access.queries.js';
import type { Caller } from '../http/exchange.js';
import { keyIdOf } from './api-keys.js';

const callerOf = ({ user_id, username, project_id, roles, variable_prefixes }: KeyRow): Caller =>
  Object.freeze({
    userId: user_id,
    username,
    projectId: project_id,
    roles,
    variablePrefixes: variable_prefixes,
  });

/** A key that was verified, and whom it speaks for. */
export interface Known {
  readonly key: KeyRow;
  readonly caller: Caller;
  /** Where the read model stood: while it stands there, nothing about the caller can have changed. */
  readonly cursor: Cursor | undefined;
  readonly expiresAt: number;
  /** The end of the UTC day on which its use is noted already. */
  notedUntil: number;
}

const dayMs = 86_400_000;
export const endOfDay = (time: number): number => (Math.floor(time / dayMs) + 1) * dayMs;

const knownOf = (key: KeyRow, cursor: Cursor | undefined): Known => ({
  key,
  caller: callerOf(key),
  cursor,
  expiresAt: key.expires_at === null ? Infinity : Date.parse(key.expires_at),
  notedUntil: key.last_used_at === null ? 0 : endOfDay(Date.parse(key.last_used_at)),
});

const maxKnown = 10_000;

/** What the log has: the key that a token claims to be, if there is one, and where the read model stood. */
export interface Claim {
  readonly cursor: Cursor | undefined;
  readonly row: KeyRow | undefined;
}

/** The keys in the read model, and those of them that were verified before. */
@Injectable()
export class KnownKeys {
  /** By digest of the key, so that no key stays in memory. */
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly readStore: ReadStore,
    private readonly access: AccessQueries,
  ) {}

  /** Undefined for one that was not verified yet, and when something has happened since. */
  recall(digest: string): Known | undefined {
    const known = this.known.get(digest);
    return known && known.cursor === this.readStore.cursor() ? known : undefined;
  }

  claimOf(token: string): Claim {
    const view = this.readStore.now();
    return { cursor: view.cursor, row: this.access.keyById(view, keyIdOf(token)) };
  }

  remember(digest: string, row: KeyRow, cursor: Cursor | undefined): Known {
    const known = knownOf(row, cursor);
    if (this.known.size >= maxKnown) this.known.delete(this.known.keys().next().value as string);
    this.known.set(digest, known);
    return known;
  }
}
