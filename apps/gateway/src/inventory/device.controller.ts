import { Controller, Get, Query } from '@nestjs/common';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Current, type Exchange } from '../http/exchange.js';
import { page } from '../http/page.js';
import { AnswersPage, Requires } from '../http/requires.js';
import { DeviceBody, DeviceQuery } from './device.bodies.js';
import { filterOf } from './device.commands.js';
import { FleetIndex } from './fleet-index.js';
import { DevicePresenter } from './device.presenter.js';

@Controller('v1/devices')
export class DeviceController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly fleet: FleetIndex,
    private readonly presenter: DevicePresenter,
  ) {}

  @Get()
  @Requires('devices:read')
  @AnswersPage('Lists hosts, network devices and containers, each with its kind', 'devices', DeviceBody)
  list(@Current() exchange: Exchange, @Query() query: DeviceQuery) {
    const { view, scope } = exchange;
    const filter = { ...filterOf(query, scope, query.kind), ids: this.fleet.matching(view, query) };
    const found = this.inventory.devices(view, filter, query);
    return page(exchange, query, found, [
      'devices',
      this.presenter.eachOfAnyKind(exchange, found.rows, query),
    ]);
  }
}
