import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries, type KeyRow } from '#projections/access/access.queries.js';
import type { Caller } from '../http/exchange.js';
import { ApiKeys, digestOf, keyIdOf } from './api-keys.js';

const refused = (detail: string) => new DomainError('unauthenticated', detail);

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

const callerOf = ({ user_id, username, project_id, roles }: KeyRow): Caller =>
  Object.freeze({ userId: user_id, username, projectId: project_id, roles });

interface Known {
  readonly caller: Caller;
  /** Where the read model stood: while it stands there, nothing about the caller can have changed. */
  readonly cursor: Cursor | undefined;
}

const maxKnown = 10_000;

/** Who a request comes from, by its API key. A key that was revoked is refused as soon as the read model knows. */
@Injectable()
export class Authentication {
  /** By digest of the key, so that no key stays in memory. */
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly readStore: ReadStore,
    private readonly access: AccessQueries,
    private readonly keys: ApiKeys,
  ) {}

  /** Answers at once for a key that was seen before. Throws, or rejects with, `unauthenticated`. */
  caller(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const token = tokenOf(headers);
    const id = digestOf(token);
    const known = this.known.get(id);
    if (known && known.cursor === this.readStore.cursor()) return agree(known.caller, headers);
    return this.lookUp(token, id, headers);
  }

  private lookUp(token: string, id: string, headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const { cursor, row } = this.rowOf(token);
    if (!row) throw refused('the API key is not valid');
    const settle = (fits: boolean): Caller => {
      if (!fits) throw refused('the API key is not valid');
      const caller = callerOf(row);
      this.remember(id, { caller, cursor });
      return agree(caller, headers);
    };
    return this.keys.remembers(id, row.hash) ? settle(true) : this.keys.verify(token, row.hash).then(settle);
  }

  private rowOf(token: string): { cursor: Cursor | undefined; row: KeyRow | undefined } {
    const view = this.readStore.now();
    return { cursor: view.cursor, row: this.access.keyById(view, keyIdOf(token)) };
  }

  private remember(id: string, known: Known): void {
    if (this.known.size >= maxKnown) this.known.delete(this.known.keys().next().value as string);
    this.known.set(id, known);
  }
}
