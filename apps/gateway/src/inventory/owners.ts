import { Injectable } from '@nestjs/common';
import type { DeviceKind } from '#libs/inventory/src/region.events.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import {
  type CellRow,
  type CloudRow,
  type DeviceRow,
  InventoryQueries,
  type RegionRow,
} from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';

/** Kinds of owners whose variables the API serves. */
export type ServedKind = Extract<OwnerKind, 'project' | 'cloud' | 'region' | 'cell' | 'host'>;

/** Somebody in a chain: the ancestors of a host may be devices of any kind. */
export interface Link {
  readonly kind: ServedKind | DeviceKind;
  readonly id: string;
}

/** Whatever has variables. */
export interface Owner {
  readonly kind: ServedKind;
  readonly id: string;
  readonly projectId: string;
  /** Whose variables count for it, nearest first: what it inherits is theirs. */
  readonly chain: readonly Link[];
}

interface OwnerRow {
  readonly id: string;
  readonly project_id: string;
}

/** Finds owners of variables, and whom they inherit from. Clouds and projects inherit nothing. */
@Injectable()
export class Owners {
  private readonly finders: Readonly<
    Record<ServedKind, (view: ReadView, id: string) => readonly [OwnerRow, () => readonly Link[]] | undefined>
  > = {
    project: (view, id) => {
      const row = this.access.project(view, id);
      return row && [{ id, project_id: id }, () => [{ kind: 'project', id }]];
    },
    cloud: (view, id) => {
      const row = this.inventory.cloud(view, id);
      return row && [row, () => [{ kind: 'cloud', id }]];
    },
    region: (view, id) => {
      const row = this.inventory.region(view, id);
      return row && [row, () => this.ofRegion(row)];
    },
    cell: (view, id) => {
      const row = this.inventory.cell(view, id);
      return row && [row, () => this.ofCell(row)];
    },
    host: (view, id) => {
      const row = this.inventory.device(view, id);
      return row?.kind === 'host' ? [row, () => this.ofHost(view, row)] : undefined;
    },
  };

  constructor(
    private readonly inventory: InventoryQueries,
    private readonly access: AccessQueries,
  ) {}

  /** Throws `not-found` for what the caller does not see. */
  find(exchange: Exchange, view: ReadView, kind: ServedKind, id: string): Owner {
    const [row, chain] = this.finders[kind](view, id) ?? [];
    const { project_id: projectId } = exchange.visible(row, kind);
    return { kind, id, projectId, chain: chain?.() ?? [] };
  }

  ofRegion({ id, cloud_id, project_id }: Pick<RegionRow, 'id' | 'cloud_id' | 'project_id'>): readonly Link[] {
    return [
      { kind: 'region', id },
      { kind: 'cloud', id: cloud_id },
      { kind: 'project', id: project_id },
    ];
  }

  ofCell({ id, region_id, cloud_id, project_id }: CellRow): readonly Link[] {
    return [{ kind: 'cell', id }, ...this.ofRegion({ id: region_id, cloud_id, project_id })];
  }

  /** Its ancestors count, but not the cells that they are in. */
  ofHost(view: ReadView, host: DeviceRow): readonly Link[] {
    const { id, kind, parent_id, cell_id, region_id, cloud_id, project_id } = host;
    const ancestors = parent_id === null ? [] : this.inventory.ancestors(view, id);
    return [
      { kind, id },
      ...ancestors.map((one) => ({ kind: one.kind, id: one.id })),
      ...(cell_id === null ? [] : [{ kind: 'cell', id: cell_id } as const]),
      { kind: 'region', id: region_id },
      { kind: 'cloud', id: cloud_id },
      { kind: 'project', id: project_id },
    ];
  }

  nameOf(view: ReadView, { kind, id }: Link): string {
    const row: Pick<CloudRow, 'name'> | undefined =
      kind === 'project'
        ? this.access.project(view, id)
        : kind === 'cloud' || kind === 'region' || kind === 'cell'
          ? this.inventory[kind](view, id)
          : this.inventory.device(view, id);
    return row?.name ?? '';
  }
}
