import { Injectable } from '@nestjs/common';
import type { DeviceKind } from '#libs/inventory/src/region.events.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import {
  type CellRow,
  type CloudRow,
  type DeviceRow,
  InventoryQueries,
  type RegionRow,
} from '#projections/inventory/inventory.queries.js';
import {
  type InterfaceRow,
  NetworkQueries,
  type NetworkRow,
} from '#projections/inventory/networks.queries.js';
import type { Exchange } from '../http/exchange.js';

/** Somebody in a chain. */
export interface Link {
  readonly kind: OwnerKind;
  readonly id: string;
}

/** Whatever has variables. */
export interface Owner {
  readonly kind: OwnerKind;
  readonly id: string;
  readonly projectId: string;
  /** Whose variables count for it, nearest first: what it inherits is theirs. */
  readonly chain: readonly Link[];
}

interface OwnerRow {
  readonly id: string;
  readonly project_id: string;
}

interface NewPlace {
  readonly parent_id?: string | null;
  readonly cell_id?: string | null;
}

const hasService: ReadonlySet<OwnerKind> = new Set([
  'host',
  'network-device',
  'container',
  'network-interface',
]);

type Found = readonly [OwnerRow, () => readonly Link[]];

/** Finds owners of variables, and whom they inherit from. Projects inherit nothing. */
@Injectable()
export class Owners {
  private readonly finders: Readonly<Record<OwnerKind, (view: ReadView, id: string) => Found | undefined>> = {
    project: (view, id) => {
      const row = this.access.project(view, id);
      return row && [{ id, project_id: id }, () => [{ kind: 'project', id }]];
    },
    cloud: (view, id) => {
      const row = this.inventory.cloud(view, id);
      return row && [row, () => this.ofCloud(row)];
    },
    region: (view, id) => {
      const row = this.inventory.region(view, id);
      return row && [row, () => this.ofRegion(row)];
    },
    cell: (view, id) => {
      const row = this.inventory.cell(view, id);
      return row && [row, () => this.ofCell(row)];
    },
    host: (view, id) => this.device(view, 'host', id),
    'network-device': (view, id) => this.device(view, 'network-device', id),
    container: (view, id) => this.device(view, 'container', id),
    network: (view, id) => {
      const row = this.networks.network(view, id);
      return row && [row, () => this.ofNetwork(row)];
    },
    'network-interface': (view, id) => {
      const row = this.networks.interface(view, id);
      return row && [row, () => this.ofInterface(view, row)];
    },
  };

  constructor(
    private readonly inventory: InventoryQueries,
    private readonly networks: NetworkQueries,
    private readonly access: AccessQueries,
  ) {}

  /** Throws `not-found` for what the caller does not see. */
  find(exchange: Exchange, view: ReadView, kind: OwnerKind, id: string): Owner {
    const [row, chain] = this.finders[kind](view, id) ?? [];
    const { project_id: projectId } = exchange.visible(row, kind);
    return { kind, id, projectId, chain: chain?.() ?? [] };
  }

  /** As `find`, for who is about to write: throws `illegal-state` for what is retired. */
  findInService(exchange: Exchange, view: ReadView, kind: OwnerKind, id: string): Owner {
    const owner = this.find(exchange, view, kind, id);
    this.demandInService(view, owner);
    return owner;
  }

  /** Throws `illegal-state` for a device that is retired, and for its interfaces. */
  demandInService(view: ReadView, { kind, id }: Link): void {
    const deviceId = kind === 'network-interface' ? this.networks.interface(view, id)?.device_id : id;
    const device = deviceId !== undefined && hasService.has(kind) && this.inventory.device(view, deviceId);
    if (device && device.retired_at !== null)
      throw new DomainError('illegal-state', `${device.name} is retired`);
  }

  /** Of whom nothing is known but that they have variables; empty when there is no such owner. */
  chainOf(view: ReadView, { kind, id }: Link): readonly Link[] {
    return this.finders[kind](view, id)?.[1]() ?? [];
  }

  /** A cell, region, cloud or project, whichever it is, with what is above it. */
  placeOf(view: ReadView, id: string): readonly Link[] {
    const kinds = ['cell', 'region', 'cloud', 'project'] as const;
    for (const kind of kinds) {
      const chain = this.chainOf(view, { kind, id });
      if (chain.length > 0) return chain;
    }
    return [];
  }

  ofCloud({ id, project_id }: Pick<CloudRow, 'id' | 'project_id'>): readonly Link[] {
    return [
      { kind: 'cloud', id },
      { kind: 'project', id: project_id },
    ];
  }

  ofRegion({ id, cloud_id, project_id }: Pick<RegionRow, 'id' | 'cloud_id' | 'project_id'>): readonly Link[] {
    return [{ kind: 'region', id }, ...this.ofCloud({ id: cloud_id, project_id })];
  }

  ofCell({ id, region_id, cloud_id, project_id }: CellRow): readonly Link[] {
    return [{ kind: 'cell', id }, ...this.ofRegion({ id: region_id, cloud_id, project_id })];
  }

  /** Its ancestors count, but not the cells that they are in. */
  ofDevice(view: ReadView, device: DeviceRow): readonly Link[] {
    const { id, kind, cell_id, region_id, cloud_id, project_id } = device;
    return [
      { kind, id },
      ...this.inventory.ancestors(view, device).map((one) => ({ kind: one.kind, id: one.id })),
      ...(cell_id === null ? [] : [{ kind: 'cell', id: cell_id } as const]),
      { kind: 'region', id: region_id },
      { kind: 'cloud', id: cloud_id },
      { kind: 'project', id: project_id },
    ];
  }

  /** Whom a device will inherit from that is about to be registered in a region, in a cell or under a parent of it. */
  ofNewDevice(view: ReadView, region: RegionRow, { parent_id, cell_id }: NewPlace): readonly Link[] {
    const parent = parent_id ? this.inventory.device(view, parent_id) : undefined;
    const above = parent ? [parent, ...this.inventory.ancestors(view, parent)] : [];
    return [
      ...above.map(({ kind, id }) => ({ kind, id })),
      ...(cell_id ? [{ kind: 'cell', id: cell_id } as const] : []),
      ...this.ofRegion(region),
    ];
  }

  ofNetwork({ id, region_id, cloud_id, project_id }: NetworkRow): readonly Link[] {
    return [{ kind: 'network', id }, ...this.ofRegion({ id: region_id, cloud_id, project_id })];
  }

  ofInterface(view: ReadView, { id, device_id }: InterfaceRow): readonly Link[] {
    const device = this.inventory.device(view, device_id);
    return [{ kind: 'network-interface', id }, ...(device ? this.ofDevice(view, device) : [])];
  }

  nameOf(view: ReadView, { kind, id }: Link): string {
    return this.named(view, kind, id)?.name ?? '';
  }

  private named(view: ReadView, kind: OwnerKind, id: string): { readonly name: string } | undefined {
    switch (kind) {
      case 'project':
        return this.access.project(view, id);
      case 'cloud':
      case 'region':
      case 'cell':
        return this.inventory[kind](view, id);
      case 'network':
        return this.networks.network(view, id);
      case 'network-interface':
        return this.networks.interface(view, id);
      case 'host':
      case 'network-device':
      case 'container':
        return this.inventory.device(view, id);
    }
  }

  private device(view: ReadView, kind: DeviceKind, id: string): Found | undefined {
    const row = this.inventory.device(view, id);
    return row?.kind === kind ? [row, () => this.ofDevice(view, row)] : undefined;
  }
}
