import type { SynchronisationOrder } from '#libs/inventory/src/synchronisation.events.js';
import type { InventoryQueries, RegionRow } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import { inRegion, referred } from './references.js';
import type { SynchronisationSchedule } from './synchronisation.bodies.js';

type Wanted = Omit<SynchronisationSchedule, 'every_seconds'>;

/** What is wanted of a region; `not-found` for a cell that is not in it. */
export const orderOf = (
  exchange: Exchange,
  inventory: InventoryQueries,
  region: RegionRow,
  { cell_id: cellId = null, device_type: deviceType, register, labels, retire }: Wanted,
): SynchronisationOrder => {
  if (cellId !== null) {
    referred(exchange, inRegion(inventory.cell(exchange.view, cellId), region.id), 'cell_id');
  }
  return { cloudId: region.cloud_id, register, cellId, deviceType, labels, retire };
};
