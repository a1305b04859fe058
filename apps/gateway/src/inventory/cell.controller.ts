import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type CellRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { CellBody, CellChange, CellQuery, NewCell } from './cell.bodies.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { askedOf, InheritingQuery } from './inheriting.query.js';
import { LooksUp } from './looks-up.js';
import { Owners } from './owners.js';
import { demandSame, referred } from './references.js';
import { RemovalQuery } from './removal.query.js';

const bodyOf = (row: CellRow, variables?: Values): CellBody => ({
  id: row.id,
  project_id: row.project_id,
  cloud_id: row.cloud_id,
  region_id: row.region_id,
  name: row.name,
  note: row.note,
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

@Controller('v1/cells')
export class CellController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly owners: Owners,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('cells:read')
  @AnswersPage('Lists cells', 'cells', CellBody)
  list(@Current() exchange: Exchange, @Query() query: CellQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name, cloud_id: cloudId, region_id: regionId } = query;
    const ids = this.variables.matching(view, query);
    const found = this.inventory.cells(view, { projectId, id, name, cloudId, regionId, ids }, query);
    const chains = query.details ? found.rows.map((row) => askedOf(this.owners.ofCell(row), query)) : [];
    const variables = this.variables.valuesOfAll(view, chains);
    return page(exchange, query, found, ['cells', (row, index) => bodyOf(row, variables[index])]);
  }

  @Post()
  @Requires('cells:write')
  @Answers('Registers a cell in a region', CellBody)
  register(@Current() exchange: Exchange, @Body() cell: NewCell) {
    const { name, note = null, variables = {} } = cell;
    return this.commands.create(
      exchange,
      { collection: '/v1/cells' },
      (cellId) => {
        const region = referred(exchange, this.inventory.region(exchange.view, cell.region_id), 'region_id');
        const { id: regionId, project_id: projectId, cloud_id: cloudId } = region;
        demandSame('cloud_id', cell.cloud_id, cloudId, 'region');
        return {
          projectId,
          steps: [
            (metadata) =>
              new ToRegion(regionId, { type: 'RegisterCell', cellId, cloudId, name, note }, metadata),
            ...this.variables.ofNew(exchange, { kind: 'cell', id: cellId }, variables, () =>
              this.owners.ofRegion(region),
            ),
          ],
        };
      },
      (view, id) => this.shown(exchange, view, id, { 'resolved-values': false }),
    );
  }

  @Get(':id')
  @LooksUp('cell')
  @Requires('cells:read')
  @Answers('Shows a cell with its variables and those it inherits', CellBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.shown(exchange, exchange.view, id, query);
  }

  @Put(':id')
  @Requires('cells:write')
  @Answers('Changes what the body names, and leaves the rest', CellBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() { name, note }: CellChange) {
    const change = { ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
    const plan = () => this.plan(exchange, id, { type: 'ChangeCell', cellId: id, ...change });
    return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('cells:write')
  @Answers('Removes a cell that no device in service and no network is in; with `cascade` also these')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    const plan = () => this.plan(exchange, id, { type: 'RemoveCell', cellId: id, cascade });
    return this.commands.remove(exchange, id, plan);
  }

  private plan(exchange: Exchange, id: string, command: RegionCommand): Plan {
    const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
    return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
  }

  private found(exchange: Exchange, view: ReadView, id: string): CellRow {
    return exchange.visible(this.inventory.cell(view, id), 'cell');
  }

  /** Without a query, without variables. */
  private shown(exchange: Exchange, view: ReadView, id: string, query?: InheritingQuery): CellBody {
    const row = this.found(exchange, view, id);
    const variables = query && this.variables.values(view, askedOf(this.owners.ofCell(row), query));
    return exchange.tagged(row.revision, bodyOf(row, variables));
  }
}
