import { Injectable } from '@nestjs/common';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { DeviceRow } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import { demandSame, referred } from '../inventory/references.js';
import type { FleetQuery } from '../inventory/fleet.query.js';
import { Fleet, FleetSources, type Part } from './fleet.js';

/** Opens the part of the fleet that a request speaks of. */
@Injectable()
export class FleetReader {
  constructor(
    private readonly sources: FleetSources,
    private readonly readStore: ReadStore,
  ) {}

  /** Throws `not-found` for a place that the caller does not see: an empty fleet would be taken for the truth. */
  open(exchange: Exchange, query: FleetQuery): Promise<Fleet> {
    const part = this.partOf(exchange, query);
    // The answer is read in many turns, and changes may come between them.
    const still = this.readStore.asOf(exchange.view.cursor);
    return Fleet.open(this.sources, still, part);
  }

  private partOf(exchange: Exchange, query: FleetQuery): Part {
    const place = this.placeOf(exchange, query);
    const { view } = exchange;
    if (query.device_id === undefined) return place;
    const device = referred(exchange, this.inService(view, query.device_id), 'device_id');
    const { id, region_id: regionId, cloud_id: cloudId } = device;
    demandSame('region_id', place.regionId, regionId, 'device');
    demandSame('cloud_id', place.cloudId, cloudId, 'device');
    const deviceIds = [id, ...this.sources.inventory.descendants(view, id)];
    return { ...place, cloudId, regionId, deviceIds };
  }

  private placeOf(exchange: Exchange, query: FleetQuery): Part {
    const { view, scope: projectId } = exchange;
    const { inventory } = this.sources;
    const { cell_id: cellId } = query;
    const cell = cellId && referred(exchange, inventory.cell(view, cellId), 'cell_id');
    if (cell) demandSame('region_id', query.region_id, cell.region_id, 'cell');
    const regionId = cell ? cell.region_id : query.region_id;
    const region = regionId && referred(exchange, inventory.region(view, regionId), 'region_id');
    if (region) demandSame('cloud_id', query.cloud_id, region.cloud_id, 'region');
    const cloudId = region ? region.cloud_id : query.cloud_id;
    if (cloudId) referred(exchange, inventory.cloud(view, cloudId), 'cloud_id');
    return { projectId, cloudId, regionId, cellId };
  }

  private inService(view: ReadView, id: string): DeviceRow | undefined {
    const row = this.sources.inventory.device(view, id);
    return row?.retired_at === null ? row : undefined;
  }
}
