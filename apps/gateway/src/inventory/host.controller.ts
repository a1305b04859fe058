import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { HostBody, HostChange, HostQuery, NewHost } from './host.bodies.js';
import { changesOf, filterOf } from './host.commands.js';
import { HostPresenter } from './host.presenter.js';
import { settingVariables } from './inherited-variables.js';
import { InheritingQuery } from './inheriting.query.js';
import { demandSame, naming, referred } from './references.js';

@Controller('v1/hosts')
export class HostController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly hosts: HostPresenter,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('hosts:read')
  @AnswersPage('Lists hosts', 'hosts', HostBody)
  list(@Current() exchange: Exchange, @Query() query: HostQuery) {
    const { view, scope } = exchange;
    const found = this.inventory.devices(view, filterOf(query, scope), query);
    return page(exchange, query, found, ['hosts', this.hosts.each(exchange, found.rows, query)]);
  }

  @Post()
  @Requires('hosts:write')
  @Answers('Registers a host in a region', HostBody)
  register(@Current() exchange: Exchange, @Body() host: NewHost) {
    const { name, cell_id: cellId = null, parent_id: parentId = null, active = true, note = null } = host;
    return this.commands.create(
      exchange,
      { collection: '/v1/hosts' },
      (deviceId) => {
        const region = referred(exchange, this.inventory.region(exchange.view, host.region_id), 'region_id');
        const { id: regionId, project_id: projectId, cloud_id: cloudId } = region;
        demandSame('cloud_id', host.cloud_id, cloudId, 'region');
        this.demandPlace(exchange, regionId, host);
        const device = { deviceId, kind: 'host', cloudId, name, cellId, parentId, active, note } as const;
        const { ip_address: ipAddress, device_type: deviceType, variables = {} } = host;
        return {
          projectId,
          steps: [
            (metadata) =>
              new ToRegion(regionId, { type: 'RegisterDevice', ...device, ipAddress, deviceType }, metadata),
            ...settingVariables('host', deviceId, variables),
          ],
        };
      },
      (view, id) => this.hosts.withVariables(exchange, view, this.found(exchange, view, id), false),
    );
  }

  @Get(':id')
  @Requires('hosts:read')
  @Answers('Shows a host with its variables and those it inherits', HostBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    const { view } = exchange;
    const inherited = query['resolved-values'] !== false;
    return this.hosts.withVariables(exchange, view, this.found(exchange, view, id), inherited);
  }

  @Put(':id')
  @Requires('hosts:write')
  @Answers('Changes what the body names, and leaves the rest', HostBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: HostChange) {
    return this.commands.change(
      exchange,
      id,
      () => {
        const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
        this.demandPlace(exchange, regionId, change);
        const command = { type: 'ChangeDevice', deviceId: id, ...changesOf(change) } as const;
        return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
      },
      (view) => this.hosts.shown(exchange, view, this.found(exchange, view, id)),
    );
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Requires('hosts:write')
  @Answers('Takes a host out of service for good; its name is free again, its past stays', HostBody)
  retire(@Current() exchange: Exchange, @Id() id: string) {
    const retired = this.commands.change(
      exchange,
      id,
      () => {
        const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
        const command = { type: 'RetireDevice', deviceId: id } as const;
        return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
      },
      (view) => this.hosts.shown(exchange, view, this.found(exchange, view, id)),
    );
    return retired.catch(naming(() => this.inventory.hangsOn(exchange.view, 'device', id)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('hosts:write')
  @Answers('Removes a host that was registered by mistake; one that served is retired instead')
  remove(@Current() exchange: Exchange, @Id() id: string) {
    const removed = this.commands.remove(exchange, id, () => {
      const { project_id: projectId, region_id: regionId } = this.found(exchange, exchange.view, id);
      const command = { type: 'RemoveDevice', deviceId: id } as const;
      return { projectId, steps: [(metadata) => new ToRegion(regionId, command, metadata)] };
    });
    return removed.catch(naming(() => this.inventory.hangsOn(exchange.view, 'device', id)));
  }

  private found(exchange: Exchange, view: ReadView, id: string): DeviceRow {
    const row = this.inventory.device(view, id);
    return exchange.visible(row?.kind === 'host' ? row : undefined, 'host');
  }

  /** The region decides in the end; here a wrong reference gets the name of its member. */
  private demandPlace(exchange: Exchange, regionId: string, { cell_id, parent_id }: HostChange): void {
    const inRegion = <Row extends { readonly region_id: string }>(row: Row | undefined) =>
      row?.region_id === regionId ? row : undefined;
    if (cell_id) referred(exchange, inRegion(this.inventory.cell(exchange.view, cell_id)), 'cell_id');
    if (parent_id) referred(exchange, inRegion(this.inventory.device(exchange.view, parent_id)), 'parent_id');
  }
}
