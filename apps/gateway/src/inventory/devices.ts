import { Injectable } from '@nestjs/common';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { DeviceKind } from '#libs/inventory/src/region.events.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands, type Plan } from '../http/commands.js';
import type { Exchange } from '../http/exchange.js';
import { page } from '../http/page.js';
import type { HostQuery, NetworkDeviceChange, NewNetworkDevice } from './device.bodies.js';
import { changesOf, filterOf, registrationOf } from './device.commands.js';
import { collections, DevicePresenter } from './device.presenter.js';
import { InheritedVariables } from './inherited-variables.js';
import type { InheritingQuery } from './inheriting.query.js';
import { demandSame, inRegion, referred } from './references.js';

/** What the collections of hosts, network devices and containers have in common. */
@Injectable()
export class Devices {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly presenter: DevicePresenter,
    private readonly commands: Commands,
  ) {}

  list(exchange: Exchange, kind: DeviceKind, query: HostQuery) {
    const { view, scope } = exchange;
    const filter = { ...filterOf(query, scope, kind), ids: this.variables.matching(view, query) };
    const found = this.inventory.devices(view, filter, query);
    const collection = collections[kind].replace('-', '_');
    return page(exchange, query, found, [collection, this.presenter.each(exchange, found.rows, query)]);
  }

  register(exchange: Exchange, kind: DeviceKind, device: NewNetworkDevice) {
    return this.commands.create(
      exchange,
      { collection: `/v1/${collections[kind]}` },
      (deviceId) => {
        const region = referred(
          exchange,
          this.inventory.region(exchange.view, device.region_id),
          'region_id',
        );
        const { id: regionId, project_id: projectId, cloud_id: cloudId } = region;
        demandSame('cloud_id', device.cloud_id, cloudId, 'region');
        this.demandPlace(exchange, regionId, device);
        const command = { ...registrationOf(kind, device), deviceId, cloudId };
        return {
          projectId,
          steps: [
            (metadata) => new ToRegion(regionId, command, metadata),
            ...this.variables.ofNew(exchange, { kind, id: deviceId }, device.variables ?? {}, () =>
              this.variables.owners.ofNewDevice(exchange.view, region, device),
            ),
          ],
        };
      },
      (view, id) => this.presenter.withVariables(exchange, view, this.found(exchange, view, kind, id), false),
    );
  }

  show(exchange: Exchange, kind: DeviceKind, id: string, query: InheritingQuery) {
    const device = this.found(exchange, exchange.view, kind, id);
    return this.presenter.lookedUp(exchange, device, query['resolved-values'] !== false);
  }

  change(exchange: Exchange, kind: DeviceKind, id: string, change: NetworkDeviceChange) {
    return this.changed(exchange, kind, id, ({ region_id: regionId }) => {
      this.demandPlace(exchange, regionId, change);
      return { type: 'ChangeDevice', deviceId: id, ...changesOf(change) };
    });
  }

  retire(exchange: Exchange, kind: DeviceKind, id: string) {
    return this.changed(exchange, kind, id, () => ({ type: 'RetireDevice', deviceId: id }));
  }

  remove(exchange: Exchange, kind: DeviceKind, id: string, cascade: boolean): Promise<void> {
    return this.commands.remove(exchange, id, () =>
      this.plan(exchange, kind, id, () => ({ type: 'RemoveDevice', deviceId: id, cascade })),
    );
  }

  /** Throws `not-found` for what the caller does not see, or what is of another kind. */
  found(exchange: Exchange, view: ReadView, kind: DeviceKind, id: string): DeviceRow {
    const row = this.inventory.device(view, id);
    return exchange.visible(row?.kind === kind ? row : undefined, kind.replace('-', ' '));
  }

  /** One command for the region of a device. */
  plan(
    exchange: Exchange,
    kind: DeviceKind,
    id: string,
    command: (device: DeviceRow) => RegionCommand,
  ): Plan {
    const device = this.found(exchange, exchange.view, kind, id);
    const wanted = command(device);
    return {
      projectId: device.project_id,
      steps: [(metadata) => new ToRegion(device.region_id, wanted, metadata)],
    };
  }

  private changed(
    exchange: Exchange,
    kind: DeviceKind,
    id: string,
    command: (device: DeviceRow) => RegionCommand,
  ) {
    return this.commands.change(
      exchange,
      id,
      () => this.plan(exchange, kind, id, command),
      (view) => this.presenter.shown(exchange, view, this.found(exchange, view, kind, id)),
    );
  }

  /** The region decides in the end; here a wrong reference gets the name of its member. */
  private demandPlace(
    exchange: Exchange,
    regionId: string,
    { cell_id, parent_id }: NetworkDeviceChange,
  ): void {
    const { view } = exchange;
    if (cell_id) referred(exchange, inRegion(this.inventory.cell(view, cell_id), regionId), 'cell_id');
    if (parent_id)
      referred(exchange, inRegion(this.inventory.device(view, parent_id), regionId), 'parent_id');
  }
}
