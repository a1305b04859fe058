import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToCloud, ToProject, ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type CloudRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { Commands, type Step, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { CloudBody, CloudChange, CloudQuery, NewCloud } from './cloud.bodies.js';
import { ownVariables } from './own-variables.js';

type Variables = Readonly<Record<string, Json>>;

const bodyOf = (row: CloudRow, variables?: Variables): CloudBody => ({
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
    private readonly variables: VariablesQueries,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('clouds:read')
  @AnswersPage('Lists clouds', 'clouds', CloudBody)
  list(@Current() exchange: Exchange, @Query() query: CloudQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name } = query;
    const found = this.inventory.clouds(view, { projectId, id, name }, query);
    const owners = query.details ? found.rows.map((row) => row.id) : [];
    const variables = ownVariables(this.variables, view, owners);
    return page(exchange, query, found, ['clouds', (row) => bodyOf(row, variables.get(row.id))]);
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
          ...this.settingVariables(cloudId, variables),
        ],
      }),
      (view, id) => this.shown(exchange, view, id, true),
    );
  }

  @Get(':id')
  @Requires('clouds:read')
  @Answers('Shows a cloud with its own variables', CloudBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id, true);
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
      (view) => this.shown(exchange, view, id, false),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('clouds:write')
  @Answers('Removes a cloud that has no regions')
  remove(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      const { project_id: projectId, revision } = this.found(exchange, exchange.view, id);
      exchange.demandRevision(revision);
      return {
        projectId,
        steps: [
          (metadata) => new ToCloud(id, { type: 'CloseCloud' }, unconditionally(metadata)),
          (metadata) => new ToProject(projectId, { type: 'RemoveCloud', cloudId: id }, metadata),
        ],
      };
    });
  }

  private found(exchange: Exchange, view: ReadView, id: string): CloudRow {
    return exchange.visible(this.inventory.cloud(view, id), 'cloud');
  }

  private shown(exchange: Exchange, view: ReadView, id: string, withVariables: boolean): CloudBody {
    const row = this.found(exchange, view, id);
    const variables = withVariables ? ownVariables(this.variables, view, [id]).get(id) : undefined;
    return exchange.tagged(row.revision, bodyOf(row, variables));
  }

  private settingVariables(ownerId: string, values: Variables): Step[] {
    if (Object.keys(values).length === 0) return [];
    return [
      (metadata) =>
        new ToVariables(
          ownerId,
          { type: 'SetVariables', ownerKind: 'cloud', values },
          unconditionally(metadata),
        ),
    ];
  }
}
