import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { may, mayGrant } from '#libs/access/src/access.policy.js';
import { ToProject } from '#libs/inventory/src/inventory.handlers.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { Clock } from '#libs/platform/src/clock.js';
import { AccessQueries, type ApiKeyRow, type UserRow } from '#projections/access/access.queries.js';
import { issueApiKey } from '../auth/api-keys.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { pageAmong } from '#libs/platform/src/read-store/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { ApiKeyBody, ApiKeyQuery, NewApiKey, NewApiKeyBody } from './access.bodies.js';
import { powerOf } from './power.js';

const bodyOf = (row: ApiKeyRow): ApiKeyBody => {
  const { id, project_id, user_id, name, expires_at, last_used_at, created_at } = row;
  return { id, project_id, user_id, name, expires_at, last_used_at, created_at, updated_at: null };
};

const newBodyOf = (row: ApiKeyRow, apiKey: string | null): NewApiKeyBody => {
  const { id, project_id, user_id, name, ...rest } = bodyOf(row);
  return { id, project_id, user_id, name, api_key: apiKey, ...rest };
};

/** Everybody manages their own keys; those of others are for whoever manages users. */
@Controller('v1/users/:user_id/api-keys')
export class ApiKeyController {
  constructor(
    private readonly access: AccessQueries,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('keys:read')
  @AnswersPage('Lists the API keys of a user, without the keys themselves', 'api_keys', ApiKeyBody)
  list(@Current() exchange: Exchange, @Id('user_id') userId: string, @Query() query: ApiKeyQuery) {
    this.owner(exchange, exchange.view, userId);
    return page(exchange, query, pageAmong(this.access.keysOf(exchange.view, userId), query), [
      'api_keys',
      bodyOf,
    ]);
  }

  @Post()
  @Requires('keys:write')
  @Answers('Issues an API key, which is shown this once', NewApiKeyBody)
  async issue(@Current() exchange: Exchange, @Id('user_id') userId: string, @Body() body: NewApiKey) {
    const { project_id: projectId } = this.owner(exchange, exchange.view, userId);
    const key = await issueApiKey();
    const { hash } = key;
    const { name, expires_at: until } = body;
    const lifetime = until !== undefined && {
      lifetime: { from: this.clock.now().toISOString(), until: new Date(until).toISOString() },
    };
    const issued = { type: 'IssueApiKey', userId, name, hash, ...lifetime } as const;
    return this.commands.create(
      exchange,
      { collection: `/v1/users/${userId}/api-keys`, id: key.keyId },
      (keyId) => ({
        projectId,
        steps: [(metadata) => new ToProject(projectId, { ...issued, keyId }, metadata)],
      }),
      (view, id) => newBodyOf(this.found(view, userId, id), id === key.keyId ? key.token : null),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('keys:write')
  @Answers('Revokes an API key: it is refused from then on')
  revoke(@Current() exchange: Exchange, @Id('user_id') userId: string, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      const { project_id: projectId } = this.owner(exchange, exchange.view, userId);
      this.found(exchange.view, userId, id);
      return {
        projectId,
        steps: [(metadata) => new ToProject(projectId, { type: 'RevokeApiKey', keyId: id }, metadata)],
      };
    });
  }

  /** The user, when the caller may manage their keys. */
  private owner(exchange: Exchange, view: ReadView, userId: string): UserRow {
    const user = exchange.visible(this.access.user(view, userId), 'user');
    const { caller } = exchange;
    const others = user.id !== caller.userId;
    if (others && !(may(caller.roles, 'users:write') && mayGrant(caller, powerOf(user)))) {
      throw new DomainError(
        'forbidden',
        'the keys of this user are for themselves, or for somebody above them',
      );
    }
    return user;
  }

  private found(view: ReadView, userId: string, id: string): ApiKeyRow {
    const row = this.access.keysOf(view, userId).find((key) => key.id === id);
    if (row) return row;
    throw new DomainError('not-found', 'there is no such API key');
  }
}
