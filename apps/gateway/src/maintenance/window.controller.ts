import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import { type ScheduleWindow, window } from '#libs/maintenance/src/window.decider.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import { Clock } from '#libs/platform/src/clock.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { MaintenanceQueries, type WindowRow } from '#projections/maintenance/maintenance.queries.js';
import { Commands, type Plan, type Step, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { referred } from '../inventory/references.js';
import { NewWindow, WindowBody, WindowQuery } from './window.bodies.js';

const collection = '/v1/maintenance-windows';

const bodyOf = ({ revision: _revision, ...row }: WindowRow): WindowBody => row;

const claim = (windowId: string, deviceId: string, regionId: string): Step => {
  const command = { type: 'ClaimDevice', deviceId, windowId } as const;
  return (metadata) => new ToRegion(regionId, command, unconditionally(metadata));
};

@Controller('v1/maintenance-windows')
export class WindowController {
  constructor(
    private readonly maintenance: MaintenanceQueries,
    private readonly inventory: InventoryQueries,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('windows:read')
  @AnswersPage('Lists maintenance windows', 'maintenance_windows', WindowBody)
  list(@Current() exchange: Exchange, @Query() query: WindowQuery) {
    const { host_id: hostId, region_id: regionId, status } = query;
    const filter = { projectId: exchange.scope, hostId, regionId, status };
    const found = this.maintenance.windows(exchange.view, filter, query);
    return page(exchange, query, found, ['maintenance_windows', bodyOf]);
  }

  @Post()
  @Requires('windows:write')
  @Answers('Schedules a maintenance window on a host; one whose time has come is open then', WindowBody)
  schedule(@Current() exchange: Exchange, @Body() wanted: NewWindow) {
    return this.commands.create(
      exchange,
      { collection },
      (id) => this.scheduling(exchange, id, wanted),
      (view, id) => this.shown(exchange, view, id),
    );
  }

  @Get(':id')
  @Requires('windows:read')
  @Answers('Shows a maintenance window', WindowBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id);
  }

  @Post(':id/open')
  @HttpCode(200)
  @Requires('windows:write')
  @Answers('Opens a scheduled maintenance window now, before its time or at it', WindowBody)
  open(@Current() exchange: Exchange, @Id() id: string) {
    return this.changed(exchange, id, ({ status, host_id: hostId, region_id: regionId }) => {
      const command = { type: 'OpenWindow', at: this.now(), early: true } as const;
      const opening: Step = (metadata) => new ToWindow(id, command, metadata);
      return status === 'scheduled' ? [claim(id, hostId, regionId), opening] : [opening];
    });
  }

  @Post(':id/close')
  @HttpCode(200)
  @Requires('windows:write')
  @Answers('Closes an open maintenance window in which nothing is going on', WindowBody)
  close(@Current() exchange: Exchange, @Id() id: string) {
    return this.changed(exchange, id, ({ host_id: deviceId, region_id: regionId }) => {
      const release = { type: 'ReleaseDevice', deviceId, windowId: id } as const;
      return [
        (metadata) => new ToWindow(id, { type: 'CloseWindow', at: this.now() }, metadata),
        (metadata) => new ToRegion(regionId, release, unconditionally(metadata)),
      ];
    });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('windows:write')
  @Answers('Cancels a maintenance window that is not open yet', WindowBody)
  cancel(@Current() exchange: Exchange, @Id() id: string) {
    return this.changed(exchange, id, () => [
      (metadata) => new ToWindow(id, { type: 'CancelWindow', at: this.now() }, metadata),
    ]);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }

  private found(exchange: Exchange, view: ReadView, id: string): WindowRow {
    return exchange.visible(this.maintenance.window(view, id), 'maintenance window');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): WindowBody | undefined {
    const row = this.found(exchange, view, id);
    return exchange.fresh(row.revision, bodyOf(row));
  }

  private changed(exchange: Exchange, id: string, steps: (row: WindowRow) => readonly Step[]) {
    const plan = () => {
      const row = this.found(exchange, exchange.view, id);
      exchange.demandRevision(row.revision);
      return { projectId: row.project_id, steps: steps(row) };
    };
    return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, id));
  }

  /** The host is claimed before the window is written, so that one under maintenance is refused here and now. */
  private scheduling(exchange: Exchange, id: string, wanted: NewWindow): Plan {
    const before = this.maintenance.window(exchange.view, id);
    if (before && before.status !== 'scheduled') return { projectId: before.project_id, steps: [] };
    const host = this.hostOf(exchange, wanted.host_id);
    const command = this.commandOf(host, wanted);
    // Wrong times are to be refused before anything is written.
    if (!before) window.decide(command, window.initialState());
    const scheduling: Step = (metadata) => new ToWindow(id, command, metadata);
    const { at, startsAt } = command;
    if (Date.parse(startsAt) > Date.parse(at)) return { projectId: host.project_id, steps: [scheduling] };
    const opening: Step = (metadata) => new ToWindow(id, { type: 'OpenWindow', at }, metadata);
    return { projectId: host.project_id, steps: [claim(id, host.id, host.region_id), scheduling, opening] };
  }

  private hostOf(exchange: Exchange, id: string): DeviceRow {
    const device = this.inventory.device(exchange.view, id);
    const host = referred(exchange, device?.kind === 'host' ? device : undefined, 'host_id');
    if (host.retired_at !== null) throw new DomainError('illegal-state', `${host.name} is retired`);
    return host;
  }

  private commandOf(
    { id: hostId, region_id: regionId, name }: DeviceRow,
    { starts_at: start, ends_at: end, note = null }: NewWindow,
  ): ScheduleWindow {
    const at = this.now();
    const startsAt = start === undefined ? at : new Date(start).toISOString();
    const endsAt = new Date(end).toISOString();
    return { type: 'ScheduleWindow', host: { hostId, regionId, name }, startsAt, endsAt, note, at };
  }
}
