import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { v5 } from 'uuid';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import { Discovery } from '#libs/clouds/src/discovery.js';
import { Synchronise } from '#libs/inventory/src/synchronisation.handlers.js';
import type { SynchronisationTask } from '#libs/inventory/src/synchroniser.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, Requires } from '../http/requires.js';
import { Synchronisation, SynchronisationBody } from './synchronisation.bodies.js';
import { orderOf } from './synchronisation.orders.js';
import { SynchronisationReports } from './synchronisation.reports.js';

@Controller('v1/regions/:id/synchronise')
export class SynchronisationController {
  @Inject() private readonly access: CloudAccess;

  constructor(
    private readonly inventory: InventoryQueries,
    private readonly reports: SynchronisationReports,
    private readonly discovery: Discovery,
    private readonly commands: Commands,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('hosts:write')
  @Answers('Registers the hosts that only the cloud knows, and tells what else differs', SynchronisationBody)
  async synchronise(@Current() exchange: Exchange, @Id() id: string, @Body() wanted: Synchronisation) {
    const region = exchange.visible(this.inventory.region(exchange.view, id), 'region');
    this.access.demand(region.project_id);
    const order = orderOf(exchange, this.inventory, region, wanted);
    const find = () => this.discovery.hosts(region.project_id);
    if (wanted.dry_run) {
      exchange.demandRevision(region.revision);
      return this.reports.expected(exchange.view, region, wanted, await find());
    }
    // The same for a repetition of the request, which so finishes what was begun.
    const syncId = v5('synchronisation', exchange.commandId);
    const task: SynchronisationTask = { syncId, cause: 'request', engine: null, order, find };
    return this.commands.change(
      exchange,
      id,
      () => {
        exchange.demandRevision(region.revision);
        return {
          projectId: region.project_id,
          steps: [(metadata) => new Synchronise(id, task, unconditionally(metadata))],
        };
      },
      (view) => this.reports.done(view, id, syncId),
    );
  }
}
