import { Body, Controller, Delete, Get, HttpCode, Inject, Put, Query } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import type { SynchronisationCommand } from '#libs/inventory/src/synchronisation.decider.js';
import { ToSynchronisation } from '#libs/inventory/src/synchronisation.handlers.js';
import { Clock } from '#libs/platform/src/clock.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries, type RegionRow } from '#projections/inventory/inventory.queries.js';
import {
  SynchronisationQueries,
  type SynchronisationRow,
} from '#projections/synchronisation/synchronisation.queries.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import {
  DriftBody,
  HostServiceBody,
  HostServiceQuery,
  SynchronisationSchedule,
  SynchronisationStateBody,
} from './synchronisation.bodies.js';
import { orderOf } from './synchronisation.orders.js';
import { driftBody, serviceBody, stateBody } from './synchronisation.presenter.js';

/** What the stream of a synchronisation holds beside its work. */
const subject = 'setting';

@Controller('v1/regions/:id')
export class SynchronisationScheduleController {
  @Inject() private readonly access: CloudAccess;

  constructor(
    private readonly inventory: InventoryQueries,
    private readonly synchronisations: SynchronisationQueries,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Get('synchronisation')
  @Requires('regions:read')
  @Answers('Shows how the region is kept like its cloud', SynchronisationStateBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id);
  }

  @Put('synchronisation')
  @Requires('hosts:write')
  @Answers(
    'Has the region synchronised with its cloud again and again, from now on',
    SynchronisationStateBody,
  )
  schedule(@Current() exchange: Exchange, @Id() id: string, @Body() wanted: SynchronisationSchedule) {
    return this.commands.change(
      exchange,
      id,
      () => {
        const region = this.region(exchange, exchange.view, id);
        this.access.demand(region.project_id);
        const order = orderOf(exchange, this.inventory, region, wanted);
        const { every_seconds: everySeconds } = wanted;
        const at = this.clock.now().toISOString();
        return this.plan(region, { type: 'ScheduleSynchronisation', at, everySeconds, order });
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  @Delete('synchronisation')
  @HttpCode(204)
  @Requires('hosts:write')
  @Answers('Leaves the region as it is from now on, with its hosts and their labels')
  unschedule(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      const region = this.region(exchange, exchange.view, id);
      return this.plan(region, { type: 'UnscheduleSynchronisation', at: this.clock.now().toISOString() });
    });
  }

  @Get('drift')
  @Requires('hosts:read')
  @Answers('Shows what differs between the region and its cloud, and since when', DriftBody)
  drift(@Current() exchange: Exchange, @Id() id: string) {
    const row = this.found(exchange, exchange.view, id);
    return driftBody(row, this.synchronisations.drift(exchange.view, id));
  }

  @Get('services')
  @Requires('hosts:read')
  @AnswersPage('Lists the compute services of the cloud as it told them last', 'services', HostServiceBody)
  services(@Current() exchange: Exchange, @Id() id: string, @Query() query: HostServiceQuery) {
    const { region_id: regionId } = this.found(exchange, exchange.view, id);
    const found = this.synchronisations.services(exchange.view, regionId, query, query);
    return page(exchange, query, found, ['services', serviceBody]);
  }

  private plan({ id, project_id: projectId }: RegionRow, command: SynchronisationCommand): Plan {
    return {
      projectId,
      steps: [(metadata) => new ToSynchronisation(id, command, { ...metadata, subject })],
    };
  }

  private region(exchange: Exchange, view: ReadView, id: string): RegionRow {
    return exchange.visible(this.inventory.region(view, id), 'region');
  }

  private found(exchange: Exchange, view: ReadView, id: string): SynchronisationRow {
    return exchange.visible(this.synchronisations.synchronisation(view, id), 'region');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): SynchronisationStateBody {
    const row = this.found(exchange, view, id);
    return exchange.tagged(row.revision, stateBody(row));
  }
}
