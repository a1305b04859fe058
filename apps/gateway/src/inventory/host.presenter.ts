import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import type { HostBody, HostQuery } from './host.bodies.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import { Owners } from './owners.js';

const collections = {
  host: 'hosts',
  'network-device': 'network-devices',
  container: 'containers',
} as const satisfies Record<DeviceRow['kind'], string>;

const bodyOf = (row: DeviceRow, up: string, variables?: Values): HostBody => ({
  id: row.id,
  project_id: row.project_id,
  cloud_id: row.cloud_id,
  region_id: row.region_id,
  cell_id: row.cell_id,
  parent_id: row.parent_id,
  name: row.name,
  ip_address: row.ip_address,
  device_type: row.device_type,
  active: row.active === 1,
  note: row.note,
  window_id: row.window_id,
  retired_at: row.retired_at,
  links: [{ rel: 'up', href: up }],
  ...(variables && { variables }),
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** Hosts as answers. */
@Injectable()
export class HostPresenter {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly owners: Owners,
  ) {}

  shown(exchange: Exchange, view: ReadView, row: DeviceRow): HostBody {
    return exchange.tagged(row.revision, bodyOf(row, this.up(exchange, view, row)));
  }

  /** The most frequent answer of all: as text, since the values are text in the read model. */
  withVariables(exchange: Exchange, view: ReadView, row: DeviceRow, inherited: boolean): string {
    const chain = inherited ? this.owners.ofHost(view, row) : [{ kind: row.kind, id: row.id }];
    const body = JSON.stringify(this.shown(exchange, view, row));
    return exchange.json(`${body.slice(0, -1)},"variables":${this.variables.text(view, chain)}}`);
  }

  /** For a list: how to show each of its rows. */
  each(exchange: Exchange, rows: readonly DeviceRow[], query: HostQuery) {
    const { view } = exchange;
    const own = query['resolved-values'] === false;
    const chainOf = (row: DeviceRow) =>
      own ? [{ kind: row.kind, id: row.id }] : this.owners.ofHost(view, row);
    const variables = this.variables.valuesOfAll(view, query.details ? rows.map(chainOf) : []);
    return (row: DeviceRow, index: number) => bodyOf(row, this.up(exchange, view, row), variables[index]);
  }

  private up(exchange: Exchange, view: ReadView, { parent_id, cell_id, region_id }: DeviceRow): string {
    if (parent_id !== null) {
      const kind = this.inventory.device(view, parent_id)?.kind ?? 'host';
      return exchange.address(`/v1/${collections[kind]}/${parent_id}`);
    }
    return exchange.address(cell_id === null ? `/v1/regions/${region_id}` : `/v1/cells/${cell_id}`);
  }
}
