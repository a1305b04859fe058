import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToCloud, ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries, type RegionRow } from '#projections/inventory/inventory.queries.js';
import { Commands, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { askedOf, InheritingQuery } from './inheriting.query.js';
import { LooksUp } from './looks-up.js';
import { Owners } from './owners.js';
import { referred } from './references.js';
import { NewRegion, RegionBody, RegionChange, RegionQuery } from './region.bodies.js';
import { RemovalQuery } from './removal.query.js';

const bodyOf = (row: RegionRow, variables?: Values): RegionBody => ({
  id: row.id,
  project_id: row.project_id,
  cloud_id: row.cloud_id,
  name: row.name,
  note: row.note,
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

@Controller('v1/regions')
export class RegionController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly owners: Owners,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('regions:read')
  @AnswersPage('Lists regions', 'regions', RegionBody)
  list(@Current() exchange: Exchange, @Query() query: RegionQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name, cloud_id: cloudId } = query;
    const ids = this.variables.matching(view, query);
    const found = this.inventory.regions(view, { projectId, id, name, cloudId, ids }, query);
    const chains = query.details ? found.rows.map((row) => askedOf(this.owners.ofRegion(row), query)) : [];
    const variables = this.variables.valuesOfAll(view, chains);
    return page(exchange, query, found, ['regions', (row, index) => bodyOf(row, variables[index])]);
  }

  @Post()
  @Requires('regions:write')
  @Answers('Registers a region in a cloud', RegionBody)
  register(
    @Current() exchange: Exchange,
    @Body() { name, cloud_id, note = null, variables = {} }: NewRegion,
  ) {
    return this.commands.create(
      exchange,
      { collection: '/v1/regions' },
      (regionId) => {
        const cloud = referred(exchange, this.inventory.cloud(exchange.view, cloud_id), 'cloud_id');
        return {
          projectId: cloud.project_id,
          steps: [
            (metadata) => new ToCloud(cloud.id, { type: 'RegisterRegion', regionId, name, note }, metadata),
            ...this.variables.ofNew(exchange, { kind: 'region', id: regionId }, variables, () =>
              this.owners.ofCloud(cloud),
            ),
          ],
        };
      },
      (view, id) => this.shown(exchange, view, id, { 'resolved-values': false }),
    );
  }

  @Get(':id')
  @LooksUp('region')
  @Requires('regions:read')
  @Answers('Shows a region with its variables and those it inherits', RegionBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.shown(exchange, exchange.view, id, query);
  }

  @Put(':id')
  @Requires('regions:write')
  @Answers('Changes what the body names, and leaves the rest', RegionBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() { name, note }: RegionChange) {
    return this.commands.change(
      exchange,
      id,
      () => {
        const { project_id: projectId, cloud_id: cloudId } = this.found(exchange, exchange.view, id);
        const change = { ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
        return {
          projectId,
          steps: [
            (metadata) => new ToCloud(cloudId, { type: 'ChangeRegion', regionId: id, ...change }, metadata),
          ],
        };
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('regions:write')
  @Answers('Removes a region that has no cells, networks and devices in service; with `cascade` also these')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.commands.remove(exchange, id, () => {
      const { project_id: projectId, cloud_id: cloudId, revision } = this.found(exchange, exchange.view, id);
      exchange.demandRevision(revision);
      return {
        projectId,
        steps: [
          (metadata) => new ToRegion(id, { type: 'CloseRegion', cascade }, unconditionally(metadata)),
          (metadata) => new ToCloud(cloudId, { type: 'RemoveRegion', regionId: id }, metadata),
        ],
      };
    });
  }

  private found(exchange: Exchange, view: ReadView, id: string): RegionRow {
    return exchange.visible(this.inventory.region(view, id), 'region');
  }

  /** Without a query, without variables. */
  private shown(exchange: Exchange, view: ReadView, id: string, query?: InheritingQuery): RegionBody {
    const row = this.found(exchange, view, id);
    const variables = query && this.variables.values(view, askedOf(this.owners.ofRegion(row), query));
    return exchange.tagged(row.revision, bodyOf(row, variables));
  }
}
