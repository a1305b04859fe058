import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { mayGrant, type Power } from '#libs/access/src/access.policy.js';
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
import { NewUser, NewUserBody, UserBody, UserChange, UserQuery } from './access.bodies.js';
import { powerOf } from './power.js';

const bodyOf = (row: UserRow): UserBody => {
  const { id, project_id, username, roles, variable_prefixes, created_at, updated_at } = row;
  const is_admin = roles.includes('admin') || roles.includes('root');
  return { id, project_id, username, is_admin, roles, variable_prefixes, created_at, updated_at };
};

/** The key of a request that was made before is not the one at hand: it is shown no more. */
const newBodyOf = (row: UserRow, apiKey: string | null): NewUserBody => {
  const { created_at, updated_at, ...rest } = bodyOf(row);
  return { ...rest, api_key: apiKey, created_at, updated_at };
};

const rolesOf = ({ roles, is_admin: isAdmin }: NewUser): readonly Role[] => {
  if (roles === undefined) return [isAdmin ? 'admin' : 'operator'];
  return isAdmin && !roles.includes('admin') ? ['admin', ...roles] : roles;
};

const demandGrantable = (exchange: Exchange, power: Power): void => {
  if (mayGrant(exchange.caller, power)) return;
  throw new DomainError('forbidden', 'nobody gives or takes what reaches further than what they may do');
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
    const { id, name, project_id: of } = query;
    const found = this.access.users(view, { projectId, of, id, name }, query);
    return page(exchange, query, found, ['users', bodyOf]);
  }

  @Post()
  @Requires('users:write')
  @Answers('Adds a user to a project, with a first API key that is shown this once', NewUserBody)
  async add(@Current() exchange: Exchange, @Body() user: NewUser): Promise<NewUserBody> {
    const projectId = user.project_id ?? exchange.caller.projectId;
    const roles = rolesOf(user);
    const { username, variable_prefixes: variablePrefixes = null } = user;
    demandGrantable(exchange, { roles, variablePrefixes });
    const key = await issueApiKey();
    const added = { type: 'AddUser', username, roles, variablePrefixes } as const;
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
            (metadata) => new ToProject(projectId, { ...added, userId }, metadata),
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

  @Put(':id')
  @Requires('users:write')
  @Answers('Changes what a user may do, in what the body names', UserBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: UserChange) {
    const { roles, variable_prefixes: variablePrefixes } = change;
    const granted = {
      ...(roles !== undefined && { roles }),
      ...(variablePrefixes !== undefined && { variablePrefixes }),
    };
    return this.commands.change(
      exchange,
      id,
      () => {
        const user = this.found(exchange, exchange.view, id);
        const { project_id: projectId } = user;
        demandGrantable(exchange, powerOf(user));
        demandGrantable(exchange, { ...powerOf(user), ...granted });
        const command = { type: 'ChangeUser', userId: id, ...granted } as const;
        return { projectId, steps: [(metadata) => new ToProject(projectId, command, metadata)] };
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('users:write')
  @Answers('Removes a user, whose keys are refused from then on')
  remove(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      const user = this.found(exchange, exchange.view, id);
      const { project_id: projectId } = user;
      demandGrantable(exchange, powerOf(user));
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
