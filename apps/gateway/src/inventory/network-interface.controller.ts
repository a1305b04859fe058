import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { type InterfaceRow, NetworkQueries } from '#projections/inventory/networks.queries.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { collections } from './device.presenter.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { askedOf, InheritingQuery } from './inheriting.query.js';
import { LooksUp } from './looks-up.js';
import { canonicalAddress } from './inventory.fields.js';
import {
  NetworkInterfaceBody,
  NetworkInterfaceChange,
  NetworkInterfaceQuery,
  NewNetworkInterface,
} from './network-interface.bodies.js';
import { interfaceChangesOf, interfaceOf } from './network-interface.commands.js';
import { inRegion, referred } from './references.js';

const bodyOf = (row: InterfaceRow, up: string, variables?: Values): NetworkInterfaceBody => ({
  id: row.id,
  project_id: row.project_id,
  region_id: row.region_id,
  device_id: row.device_id,
  network_id: row.network_id,
  name: row.name,
  interface_type: row.interface_type,
  ip_address: row.ip_address,
  vlan_id: row.vlan_id,
  port: row.port,
  speed: row.speed,
  vlan: row.vlan,
  duplex: row.duplex,
  link: row.link,
  cdp: row.cdp,
  security: row.security,
  links: [{ rel: 'up', href: up }],
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

@Controller('v1/network-interfaces')
export class NetworkInterfaceController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly networks: NetworkQueries,
    private readonly variables: InheritedVariables,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('interfaces:read')
  @AnswersPage('Lists network interfaces', 'network_interfaces', NetworkInterfaceBody)
  list(@Current() exchange: Exchange, @Query() query: NetworkInterfaceQuery) {
    const { view, scope: projectId } = exchange;
    const { id, name, region_id: regionId, device_id: deviceId, network_id: networkId } = query;
    const filter = {
      projectId,
      id,
      name,
      regionId,
      deviceId,
      networkId,
      interfaceType: query.interface_type,
      ipAddress: query.ip_address && canonicalAddress(query.ip_address),
      ids: this.variables.matching(view, query),
    };
    const found = this.networks.interfaces(view, filter, query);
    const chains = query.details ? found.rows.map((row) => this.chain(view, row, query)) : [];
    const variables = this.variables.valuesOfAll(view, chains);
    return page(exchange, query, found, [
      'network_interfaces',
      (row, index) => bodyOf(row, this.up(exchange, view, row), variables[index]),
    ]);
  }

  @Post()
  @Requires('interfaces:write')
  @Answers('Registers an interface of a device', NetworkInterfaceBody)
  register(@Current() exchange: Exchange, @Body() made: NewNetworkInterface) {
    const { device_id, variables = {} } = made;
    return this.commands.create(
      exchange,
      { collection: '/v1/network-interfaces' },
      (interfaceId) => {
        const { view } = exchange;
        const device = referred(exchange, this.inventory.device(view, device_id), 'device_id');
        const { project_id: projectId, region_id: regionId } = device;
        this.demandNetwork(exchange, made, regionId);
        const command = { ...interfaceOf(made), interfaceId };
        return {
          projectId,
          steps: [
            (metadata) => new ToRegion(regionId, command, metadata),
            ...this.variables.ofNew(exchange, { kind: 'network-interface', id: interfaceId }, variables, () =>
              this.variables.owners.ofDevice(view, device),
            ),
          ],
        };
      },
      (view, id) => this.shown(exchange, view, id, { 'resolved-values': false }),
    );
  }

  @Get(':id')
  @LooksUp('network-interface')
  @Requires('interfaces:read')
  @Answers('Shows an interface with its variables and those of its device', NetworkInterfaceBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.shown(exchange, exchange.view, id, query);
  }

  @Put(':id')
  @Requires('interfaces:write')
  @Answers('Changes what the body names, and leaves the rest', NetworkInterfaceBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: NetworkInterfaceChange) {
    const command = { type: 'ChangeInterface', interfaceId: id, ...interfaceChangesOf(change) } as const;
    const plan = () => this.plan(exchange, id, command, change);
    return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('interfaces:write')
  @Answers('Removes an interface')
  remove(@Current() exchange: Exchange, @Id() id: string) {
    const plan = () => this.plan(exchange, id, { type: 'RemoveInterface', interfaceId: id });
    return this.commands.remove(exchange, id, plan);
  }

  private plan(
    exchange: Exchange,
    id: string,
    command: RegionCommand,
    change: NetworkInterfaceChange = {},
  ): Plan {
    const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
    this.demandNetwork(exchange, change, regionId);
    return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
  }

  private demandNetwork(
    exchange: Exchange,
    { network_id }: Pick<NetworkInterfaceChange, 'network_id'>,
    regionId: string,
  ): void {
    if (!network_id) return;
    const network = this.networks.network(exchange.view, network_id);
    referred(exchange, inRegion(network, regionId), 'network_id');
  }

  private found(exchange: Exchange, view: ReadView, id: string): InterfaceRow {
    return exchange.visible(this.networks.interface(view, id), 'network interface');
  }

  /** Without a query, without variables. */
  private shown(
    exchange: Exchange,
    view: ReadView,
    id: string,
    query?: InheritingQuery,
  ): NetworkInterfaceBody {
    const row = this.found(exchange, view, id);
    const variables = query && this.variables.values(view, this.chain(view, row, query));
    return exchange.tagged(row.revision, bodyOf(row, this.up(exchange, view, row), variables));
  }

  private chain(view: ReadView, row: InterfaceRow, query: InheritingQuery) {
    return askedOf(this.variables.owners.ofInterface(view, row), query);
  }

  private up(exchange: Exchange, view: ReadView, { device_id }: InterfaceRow): string {
    const kind = this.inventory.device(view, device_id)?.kind ?? 'host';
    return exchange.address(`/v1/${collections[kind]}/${device_id}`);
  }
}
