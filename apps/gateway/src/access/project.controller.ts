import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToProject } from '#libs/inventory/src/inventory.handlers.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries, type ProjectRow } from '#projections/access/access.queries.js';
import { Commands, type Step } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { Cascade } from '../inventory/cascade.js';
import { InheritedVariables, type Values } from '../inventory/inherited-variables.js';
import { LooksUp } from '../inventory/looks-up.js';
import { RemovalQuery } from '../inventory/removal.query.js';
import { NewProject, ProjectBody, ProjectChange, ProjectQuery } from './access.bodies.js';

const bodyOf = ({ id, name, created_at, updated_at }: ProjectRow, variables?: Values): ProjectBody => ({
  id,
  name,
  ...(variables && { variables }),
  created_at,
  updated_at,
});

const chainOf = ({ id }: ProjectRow) => [{ kind: 'project', id } as const];

const nothing = { clouds: [], steps: [], names: [] };

@Controller('v1/projects')
export class ProjectController {
  constructor(
    private readonly access: AccessQueries,
    private readonly variables: InheritedVariables,
    private readonly cascade: Cascade,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('projects:read')
  @AnswersPage('Lists the projects that the caller sees', 'projects', ProjectBody)
  list(@Current() exchange: Exchange, @Query() query: ProjectQuery) {
    const { view, scope } = exchange;
    const { id, name, details } = query;
    const ids = this.variables.matching(view, query);
    const found = this.access.projects(view, query, { scope, id, name, ids });
    const variables = this.variables.valuesOfAll(view, details ? found.rows.map(chainOf) : []);
    return page(exchange, query, found, ['projects', (row, index) => bodyOf(row, variables[index])]);
  }

  @Post()
  @Requires('projects:write')
  @Answers('Creates a project', ProjectBody)
  create(@Current() exchange: Exchange, @Body() { name, variables = {} }: NewProject) {
    return this.commands.create(
      exchange,
      { collection: '/v1/projects' },
      (projectId) => ({
        projectId,
        steps: [
          (metadata) =>
            new ToProject(projectId, { type: 'CreateProject', name }, { ...metadata, subject: '' }),
          ...this.variables.ofNew(exchange, { kind: 'project', id: projectId }, variables),
        ],
      }),
      (view, id) => this.shown(exchange, view, id),
    );
  }

  @Get(':id')
  @LooksUp('project')
  @Requires('projects:read')
  @Answers('Shows a project with its variables', ProjectBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id);
  }

  @Put(':id')
  @Requires('projects:write')
  @Answers('Changes what the body names, and leaves the rest', ProjectBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() { name }: ProjectChange) {
    return this.commands.change(
      exchange,
      id,
      () => {
        this.found(exchange, exchange.view, id);
        const command = { type: 'ChangeProject', ...(name !== undefined && { name }) } as const;
        const step: Step = (metadata) => new ToProject(id, command, { ...metadata, subject: '' });
        return { projectId: id, steps: [step] };
      },
      (view) => {
        const row = this.found(exchange, view, id);
        return exchange.tagged(row.revision, bodyOf(row));
      },
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('projects:write')
  @Answers(
    'Removes a project that has no clouds and users; with `cascade` also these and all that is in them',
  )
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.commands.remove(exchange, id, () => {
      this.found(exchange, exchange.view, id);
      if (id === exchange.caller.projectId) {
        throw new DomainError('illegal-state', 'nobody removes the project that their own key belongs to');
      }
      const { clouds, steps, names } = cascade ? this.cascade.emptyingProject(exchange.view, id) : nothing;
      const removing: Step = (metadata) =>
        new ToProject(id, { type: 'RemoveProject', clouds, cascade }, { ...metadata, subject: '' });
      return { projectId: id, steps: [...steps, removing], names: [...names, 'remove'], inTurn: true };
    });
  }

  private found(exchange: Exchange, view: ReadView, id: string): ProjectRow {
    const row = this.access.project(view, id);
    exchange.visible(row && { project_id: row.id }, 'project');
    return row as ProjectRow;
  }

  private shown(exchange: Exchange, view: ReadView, id: string): ProjectBody {
    const row = this.found(exchange, view, id);
    return exchange.tagged(row.revision, bodyOf(row, this.variables.values(view, chainOf(row))));
  }
}
