import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { v5 } from 'uuid';
import { Discovery } from '#libs/clouds/src/discovery.js';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import { compare, type DiscoveredHost, type Drift } from '#libs/inventory/src/synchronisation.policy.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries, type RegionRow } from '#projections/inventory/inventory.queries.js';
import { Commands, type Plan, type Step, unconditionally } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, Requires } from '../http/requires.js';
import { referred } from './references.js';
import { Synchronisation, SynchronisationBody } from './synchronisation.bodies.js';

/** Of a host whose address the cloud does not tell. */
const unknownAddress = '::';

const reference = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** Follows from the request and the name, so that a request that is repeated knows what it has registered. */
const deviceIdOf = (exchange: Exchange, name: string): string => v5(`device ${name}`, exchange.commandId);

@Controller('v1/regions/:id/synchronise')
export class SynchronisationController {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly discovery: Discovery,
    private readonly commands: Commands,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('hosts:write')
  @Answers('Registers the hosts that only the cloud knows, and tells what else differs', SynchronisationBody)
  async synchronise(@Current() exchange: Exchange, @Id() id: string, @Body() order: Synchronisation) {
    const region = exchange.visible(this.inventory.region(exchange.view, id), 'region');
    this.demandCell(exchange, id, order.cell_id);
    const discovered = await this.discovery.hosts();
    const compared = (view: ReadView) => compare(discovered, this.registered(view, id));
    if (order.dry_run) {
      exchange.demandRevision(region.revision);
      return this.expected(compared(exchange.view));
    }
    return this.commands.change(
      exchange,
      id,
      () => this.plan(exchange, region, order, compared(exchange.view).unregistered),
      (view) => this.done(exchange, view, id, compared(view)),
    );
  }

  private demandCell(exchange: Exchange, regionId: string, cellId: string | null | undefined): void {
    if (!cellId) return;
    const cell = this.inventory.cell(exchange.view, cellId);
    referred(exchange, cell?.region_id === regionId ? cell : undefined, 'cell_id');
  }

  private registered(view: ReadView, regionId: string) {
    return this.inventory
      .hostsOf(view, regionId)
      .map(({ id, name, ip_address, active, retired_at, window_id }) => ({
        id,
        name,
        ipAddress: ip_address,
        active: active === 1,
        retired: retired_at !== null,
        claimed: window_id !== null,
      }));
  }

  private plan(
    exchange: Exchange,
    { id: regionId, project_id: projectId, cloud_id: cloudId, revision }: RegionRow,
    { cell_id: cellId = null, device_type: deviceType }: Synchronisation,
    unregistered: readonly DiscoveredHost[],
  ): Plan {
    exchange.demandRevision(revision);
    const steps = unregistered.map(({ name, ipAddress, enabled }): Step => {
      const deviceId = deviceIdOf(exchange, name);
      const host = { deviceId, kind: 'host', cloudId, name, cellId, deviceType, active: enabled } as const;
      const rest = { ipAddress: ipAddress ?? unknownAddress, parentId: null, note: null };
      return (metadata) =>
        new ToRegion(regionId, { type: 'RegisterDevice', ...host, ...rest }, unconditionally(metadata));
    });
    return { projectId, steps, names: unregistered.map(({ name }) => name) };
  }

  private expected({ unregistered, differences, unknown }: Drift): SynchronisationBody {
    const registered = unregistered.map(({ name }) => ({ id: null, name }));
    return { dry_run: true, registered, differences, unknown: unknown.map(reference) };
  }

  private done(
    exchange: Exchange,
    view: ReadView,
    regionId: string,
    { differences, unknown }: Drift,
  ): SynchronisationBody {
    const hosts = this.inventory.hostsOf(view, regionId);
    const registered = hosts.filter(({ id, name }) => id === deviceIdOf(exchange, name)).map(reference);
    return { dry_run: false, registered, differences, unknown: unknown.map(reference) };
  }
}
