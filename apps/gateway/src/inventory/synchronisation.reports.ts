import { Injectable } from '@nestjs/common';
import { compare, type DiscoveredHost } from '#libs/inventory/src/synchronisation.policy.js';
import { deviceIdOf } from '#libs/inventory/src/synchroniser.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { FleetQueries } from '#projections/inventory/fleet.queries.js';
import { InventoryQueries, type RegionRow } from '#projections/inventory/inventory.queries.js';
import { SynchronisationQueries } from '#projections/synchronisation/synchronisation.queries.js';
import type { Synchronisation, SynchronisationBody } from './synchronisation.bodies.js';
import { settlementOf } from './synchronisation.presenter.js';

const reference = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });
const unregistered = ({ name }: DiscoveredHost) => ({ id: null, name });

/** What a synchronisation would do, and what it did. */
@Injectable()
export class SynchronisationReports {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly fleet: FleetQueries,
    private readonly synchronisations: SynchronisationQueries,
  ) {}

  expected(
    view: ReadView,
    { id }: RegionRow,
    { register }: Synchronisation,
    found: readonly DiscoveredHost[],
  ): SynchronisationBody {
    const hosts = this.inventory.hostsOf(view, id).map((row) => ({
      id: row.id,
      name: row.name,
      ipAddress: row.ip_address,
      active: row.active === 1,
      retired: row.retired_at !== null,
      claimed: row.window_id !== null,
    }));
    const compared = compare(found, hosts);
    const taken = this.fleet.namesOfOthers(view, id);
    const may = ({ name }: DiscoveredHost) => register && !taken.has(name);
    return {
      dry_run: true,
      registered: compared.unregistered.filter(may).map(unregistered),
      unregistered: compared.unregistered.filter((host) => !may(host)).map(unregistered),
      differences: compared.differences,
      unknown: compared.unknown.map(reference),
      omitted: 0,
    };
  }

  done(view: ReadView, regionId: string, syncId: string): SynchronisationBody {
    const hosts = this.inventory.hostsOf(view, regionId);
    return {
      dry_run: false,
      registered: hosts.filter(({ id, name }) => id === deviceIdOf(syncId, name)).map(reference),
      ...settlementOf(this.synchronisations.drift(view, regionId)),
      omitted: this.synchronisations.synchronisation(view, regionId)?.omitted ?? 0,
    };
  }
}
