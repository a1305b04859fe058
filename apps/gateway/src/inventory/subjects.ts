import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Subject } from '#libs/providers/src/provider.port.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { NetworkQueries } from '#projections/inventory/networks.queries.js';
import { type Link, Owners } from './owners.js';

const devices: ReadonlySet<Link['kind']> = new Set(['host', 'network-device', 'container']);

/** What providers are told of whoever is read. */
@Injectable()
export class Subjects {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly networks: NetworkQueries,
    private readonly owners: Owners,
  ) {}

  of(view: ReadView, link: Link, projectId: string): Subject {
    const { kind, id } = link;
    return {
      id,
      kind,
      name: this.owners.nameOf(view, link),
      ipAddress: this.addressOf(view, link),
      projectId,
    };
  }

  private addressOf(view: ReadView, { kind, id }: Link): string | null {
    if (kind === 'network-interface') return this.networks.interface(view, id)?.ip_address ?? null;
    return devices.has(kind) ? (this.inventory.device(view, id)?.ip_address ?? null) : null;
  }
}
