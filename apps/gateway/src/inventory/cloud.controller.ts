import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToCloud, ToProject } from '#libs/inventory/src/inventory.handlers.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type CloudRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands, type Step, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { Cascade } from './cascade.js';
import { CloudBody, CloudChange, CloudQuery, NewCloud } from './cloud.bodies.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { askedOf, InheritingQuery } from './inheriting.query.js';
import { LooksUp } from './looks-up.js';
import { RemovalQuery } from './removal.query.js';

const bodyOf = (row: CloudRow, variables?: Values): CloudBody => ({
  id: row.id,
  project_id: row.project_id,
  name: row.name,
  note: row.note,
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

@Controller('v1/clouds')
export class CloudController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly cascade: Cascade,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('clouds:read')
  @AnswersPage('Lists clouds', 'clouds', CloudBody)
  list(@Current() exchange: Exchange, @Query() query: CloudQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name } = query;
    const ids = this.variables.matching(view, query);
    const found = this.inventory.clouds(view, { projectId, id, name, ids }, query);
    const chains = query.details
      ? found.rows.map((row) => askedOf(this.variables.owners.ofCloud(row), query))
      : [];
    const variables = this.variables.valuesOfAll(view, chains);
    return page(exchange, query, found, ['clouds', (row, index) => bodyOf(row, variables[index])]);
  }

  @Post()
  @Requires('clouds:write')
  @Answers('Registers a cloud in the project of the caller', CloudBody)
  register(@Current() exchange: Exchange, @Body() { name, note = null, variables = {} }: NewCloud) {
    const { projectId } = exchange.caller;
    return this.commands.create(
      exchange,
      { collection: '/v1/clouds' },
      (cloudId) => ({
        projectId,
        steps: [
          (metadata) => new ToProject(projectId, { type: 'RegisterCloud', cloudId, name, note }, metadata),
          ...this.variables.ofNew(exchange, { kind: 'cloud', id: cloudId }, variables, () => [
            { kind: 'project', id: projectId },
          ]),
        ],
      }),
      (view, id) => this.shown(exchange, view, id, { 'resolved-values': false }),
    );
  }

  @Get(':id')
  @LooksUp('cloud')
  @Requires('clouds:read')
  @Answers('Shows a cloud with its variables and those of its project', CloudBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.shown(exchange, exchange.view, id, query);
  }

  @Put(':id')
  @Requires('clouds:write')
  @Answers('Changes what the body names, and leaves the rest', CloudBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() { name, note }: CloudChange) {
    return this.commands.change(
      exchange,
      id,
      () => {
        const { project_id: projectId } = this.found(exchange, exchange.view, id);
        const change = { ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
        return {
          projectId,
          steps: [
            (metadata) => new ToProject(projectId, { type: 'ChangeCloud', cloudId: id, ...change }, metadata),
          ],
        };
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('clouds:write')
  @Answers('Removes a cloud that has no regions; with `cascade` also these and all that is in them')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.commands.remove(exchange, id, () => {
      const { project_id: projectId, revision, name } = this.found(exchange, exchange.view, id);
      exchange.demandRevision(revision);
      const removing: Step = (metadata) =>
        new ToProject(projectId, { type: 'RemoveCloud', cloudId: id }, metadata);
      if (cascade) {
        const { steps, names } = this.cascade.emptying(exchange.view, [{ id, name }]);
        return { projectId, steps: [...steps, removing], names: [...names, 'remove'], inTurn: true };
      }
      const closing: Step = (metadata) => new ToCloud(id, { type: 'CloseCloud' }, unconditionally(metadata));
      return { projectId, steps: [closing, removing] };
    });
  }

  private found(exchange: Exchange, view: ReadView, id: string): CloudRow {
    return exchange.visible(this.inventory.cloud(view, id), 'cloud');
  }

  /** Without a query, without variables. */
  private shown(exchange: Exchange, view: ReadView, id: string, query?: InheritingQuery): CloudBody {
    const row = this.found(exchange, view, id);
    const variables =
      query && this.variables.values(view, askedOf(this.variables.owners.ofCloud(row), query));
    return exchange.tagged(row.revision, bodyOf(row, variables));
  }
}
