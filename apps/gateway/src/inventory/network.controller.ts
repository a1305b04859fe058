import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { NetworkQueries, type NetworkRow } from '#projections/inventory/networks.queries.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { askedOf, InheritingQuery } from './inheriting.query.js';
import { LooksUp } from './looks-up.js';
import { canonicalCidr } from './inventory.fields.js';
import { NetworkBody, NetworkChange, NetworkQuery, NewNetwork } from './network.bodies.js';
import { networkChangesOf, networkOf } from './network.commands.js';
import { demandSame, inRegion, referred } from './references.js';
import { RemovalQuery } from './removal.query.js';

const bodyOf = (row: NetworkRow, variables?: Values): NetworkBody => ({
  id: row.id,
  project_id: row.project_id,
  cloud_id: row.cloud_id,
  region_id: row.region_id,
  cell_id: row.cell_id,
  name: row.name,
  cidr: row.cidr,
  gateway: row.gateway,
  netmask: row.netmask,
  ip_block_type: row.ip_block_type,
  network_type: row.network_type,
  nss: row.nss,
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

@Controller('v1/networks')
export class NetworkController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly networks: NetworkQueries,
    private readonly variables: InheritedVariables,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('networks:read')
  @AnswersPage('Lists networks', 'networks', NetworkBody)
  list(@Current() exchange: Exchange, @Query() query: NetworkQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name, cloud_id: cloudId, region_id: regionId, cell_id: cellId } = query;
    const filter = {
      projectId,
      id,
      name,
      cloudId,
      regionId,
      cellId,
      cidr: query.cidr && canonicalCidr(query.cidr),
      ipBlockType: query.ip_block_type,
      networkType: query.network_type,
      ids: this.variables.matching(view, query),
    };
    const found = this.networks.networks(view, filter, query);
    const chains = query.details
      ? found.rows.map((row) => askedOf(this.variables.owners.ofNetwork(row), query))
      : [];
    const variables = this.variables.valuesOfAll(view, chains);
    return page(exchange, query, found, ['networks', (row, index) => bodyOf(row, variables[index])]);
  }

  @Post()
  @Requires('networks:write')
  @Answers('Registers a network in a region', NetworkBody)
  register(@Current() exchange: Exchange, @Body() network: NewNetwork) {
    const { region_id, cloud_id, cell_id, variables = {} } = network;
    return this.commands.create(
      exchange,
      { collection: '/v1/networks' },
      (networkId) => {
        const { view } = exchange;
        const region = referred(exchange, this.inventory.region(view, region_id), 'region_id');
        const { id: regionId, project_id: projectId, cloud_id: cloudId } = region;
        demandSame('cloud_id', cloud_id, cloudId, 'region');
        if (cell_id) referred(exchange, inRegion(this.inventory.cell(view, cell_id), regionId), 'cell_id');
        const command = { ...networkOf(network), networkId, cloudId };
        return {
          projectId,
          steps: [
            (metadata) => new ToRegion(regionId, command, metadata),
            ...this.variables.ofNew(exchange, { kind: 'network', id: networkId }, variables, () =>
              this.variables.owners.ofRegion(region),
            ),
          ],
        };
      },
      (view, id) => this.shown(exchange, view, id, { 'resolved-values': false }),
    );
  }

  @Get(':id')
  @LooksUp('network')
  @Requires('networks:read')
  @Answers('Shows a network with its variables and those it inherits', NetworkBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.shown(exchange, exchange.view, id, query);
  }

  @Put(':id')
  @Requires('networks:write')
  @Answers('Changes what the body names, and leaves the rest', NetworkBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: NetworkChange) {
    const command = { type: 'ChangeNetwork', networkId: id, ...networkChangesOf(change) } as const;
    const plan = () => this.plan(exchange, id, command);
    return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('networks:write')
  @Answers('Removes a network that no interface is in; with `cascade` also the interfaces')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    const plan = () => this.plan(exchange, id, { type: 'RemoveNetwork', networkId: id, cascade });
    return this.commands.remove(exchange, id, plan);
  }

  private plan(exchange: Exchange, id: string, command: RegionCommand): Plan {
    const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
    return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
  }

  private found(exchange: Exchange, view: ReadView, id: string): NetworkRow {
    return exchange.visible(this.networks.network(view, id), 'network');
  }

  /** Without a query, without variables. */
  private shown(exchange: Exchange, view: ReadView, id: string, query?: InheritingQuery): NetworkBody {
    const row = this.found(exchange, view, id);
    const variables =
      query && this.variables.values(view, askedOf(this.variables.owners.ofNetwork(row), query));
    return exchange.tagged(row.revision, bodyOf(row, variables));
  }
}
