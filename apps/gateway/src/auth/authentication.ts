import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries, type KeyRow } from '#projections/access/access.queries.js';
import type { Caller } from '../http/exchange.js';
import { ApiKeys, keyIdOf } from './api-keys.js';

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

/** Who a request comes from, by its API key. A key that was revoked is refused as soon as the read model knows. */
@Injectable()
export class Authentication {
  constructor(
    private readonly readStore: ReadStore,
    private readonly access: AccessQueries,
    private readonly keys: ApiKeys,
  ) {}

  /** Answers at once for a key that was seen before. Throws, or rejects with, `unauthenticated`. */
  caller(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const token = tokenOf(headers);
    const keyId = keyIdOf(token);
    const row = this.access.keyById(this.readStore.now(), keyId);
    if (!row) throw refused('the API key is not valid');
    if (this.keys.remembers(token, row.hash)) return agree(callerOf(row), headers);
    return this.verified(token, row).then((caller) => agree(caller, headers));
  }

  private async verified(token: string, row: KeyRow): Promise<Caller> {
    if (!(await this.keys.verify(token, row.hash))) throw refused('the API key is not valid');
    return callerOf(row);
  }
}
