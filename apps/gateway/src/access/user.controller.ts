import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { mayGrant } from '#libs/access/src/access.policy.js';
import { ToProject } from '#libs/inventory/src/inventory.handlers.js';
import type { Role } from '#libs/inventory/src/project.events.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries, type UserRow } from '#projections/access/access.queries.js';
import { issueApiKey } from '../auth/api-keys.js';
import { Commands, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { NewUser, NewUserBody, UserBody, UserQuery } from './access.bodies.js';

const bodyOf = ({ id, project_id, username, roles, created_at }: UserRow): UserBody => ({
  id,
  project_id,
  username,
  is_admin: roles.includes('admin') || roles.includes('root'),
  roles,
  created_at,
  updated_at: null,
});

/** The key of a request that was made before is not the one at hand: it is shown no more. */
const newBodyOf = (row: UserRow, apiKey: string | null): NewUserBody => {
  const { id, project_id, username, is_admin, roles, created_at, updated_at } = bodyOf(row);
  return { id, project_id, username, is_admin, roles, api_key: apiKey, created_at, updated_at };
};

const rolesOf = ({ roles, is_admin: isAdmin }: NewUser): readonly Role[] => {
  if (roles === undefined) return [isAdmin ? 'admin' : 'operator'];
  return isAdmin && !roles.includes('admin') ? ['admin', ...roles] : roles;
};

const demandGrantable = (exchange: Exchange, roles: readonly Role[]): void => {
  if (mayGrant(exchange.caller.roles, roles)) return;
  throw new DomainError('forbidden', 'roles that reach beyond a project are for root to give and to take');
};

@Controller('v1/users')
export class UserController {
  constructor(
    private readonly access: AccessQueries,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('users:read')
  @AnswersPage('Lists users', 'users', UserBody)
  list(@Current() exchange: Exchange, @Query() query: UserQuery) {
    const { view, scope: projectId } = exchange;
    const found = this.access.users(view, { projectId, name: query.name }, query);
    return page(exchange, query, found, ['users', bodyOf]);
  }

  @Post()
  @Requires('users:write')
  @Answers('Adds a user to a project, with a first API key that is shown this once', NewUserBody)
  async add(@Current() exchange: Exchange, @Body() user: NewUser): Promise<NewUserBody> {
    const projectId = user.project_id ?? exchange.caller.projectId;
    const roles = rolesOf(user);
    demandGrantable(exchange, roles);
    const key = await issueApiKey();
    const { username } = user;
    return this.commands.create(
      exchange,
      { collection: '/v1/users' },
      (userId) => {
        exchange.visible(
          this.access.project(exchange.view, projectId) && { project_id: projectId },
          'project',
        );
        const first = {
          type: 'IssueApiKey',
          keyId: key.keyId,
          userId,
          name: 'first',
          hash: key.hash,
        } as const;
        return {
          projectId,
          steps: [
            (metadata) => new ToProject(projectId, { type: 'AddUser', userId, username, roles }, metadata),
            (metadata) => new ToProject(projectId, first, unconditionally(metadata)),
          ],
        };
      },
      (view, id) =>
        newBodyOf(this.found(exchange, view, id), this.access.keyById(view, key.keyId) ? key.token : null),
    );
  }

  @Get(':id')
  @Requires('users:read')
  @Answers('Shows a user', UserBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('users:write')
  @Answers('Removes a user, whose keys are refused from then on')
  remove(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      const { project_id: projectId, roles } = this.found(exchange, exchange.view, id);
      demandGrantable(exchange, roles);
      return {
        projectId,
        steps: [(metadata) => new ToProject(projectId, { type: 'RemoveUser', userId: id }, metadata)],
      };
    });
  }

  private found(exchange: Exchange, view: ReadView, id: string): UserRow {
    return exchange.visible(this.access.user(view, id), 'user');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): UserBody | undefined {
    const row = this.found(exchange, view, id);
    return exchange.fresh(row.revision, bodyOf(row));
  }
}
