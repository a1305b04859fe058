import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import type { DeviceBody, DeviceQuery, HostBody } from './device.bodies.js';
import { InheritedVariables } from './inherited-variables.js';
import { type Link, Owners } from './owners.js';
import { VirtualVariables } from './virtual-variables.js';

export const collections = {
  host: 'hosts',
  'network-device': 'network-devices',
  container: 'containers',
} as const satisfies Record<DeviceRow['kind'], string>;

/** The members of a body's class, without the class. */
type Plain<Body> = { readonly [M in keyof Body]: Body[M] };

interface Shown {
  readonly up: string;
  readonly labels: readonly string[];
}

const common = (row: DeviceRow, { up, labels }: Shown): Plain<HostBody> => ({
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
  managed_by: row.managed_by,
  retired_at: row.retired_at,
  labels,
  links: [{ rel: 'up', href: up }],
  created_at: row.created_at,
  updated_at: row.updated_at,
});

const detailsOf = ({ model_name, os_version, vlans }: DeviceRow) => ({ model_name, os_version, vlans });

/** As the collection of its own kind shows it. */
const bodyOf = (row: DeviceRow, shown: Shown): Plain<HostBody> =>
  row.kind === 'network-device' ? { ...common(row, shown), ...detailsOf(row) } : common(row, shown);

const anyBodyOf = (row: DeviceRow, shown: Shown): Plain<DeviceBody> => ({
  kind: row.kind,
  ...common(row, shown),
  ...detailsOf(row),
});

/** Of what a device is in; its parent's kind is to be known where it has a parent. */
const upOf = (
  exchange: Exchange,
  { parent_id, cell_id, region_id }: DeviceRow,
  parent: DeviceRow['kind'] = 'host',
): string => {
  if (parent_id !== null) return exchange.address(`/v1/${collections[parent]}/${parent_id}`);
  return exchange.address(cell_id === null ? `/v1/regions/${region_id}` : `/v1/cells/${cell_id}`);
};

/** Devices as answers. */
@Injectable()
export class DevicePresenter {
  constructor(
    private readonly inventory: InventoryQueries,
    private readonly variables: InheritedVariables,
    private readonly owners: Owners,
    private readonly virtual: VirtualVariables,
  ) {}

  shown(exchange: Exchange, view: ReadView, row: DeviceRow): HostBody {
    const parent = row.parent_id === null ? undefined : this.inventory.device(view, row.parent_id);
    return this.bodyWith(exchange, view, row, parent?.kind);
  }

  /** The most frequent answer of all: as text, since the values are text in the read model. What is bound is masked. */
  withVariables(exchange: Exchange, view: ReadView, row: DeviceRow, inherited: boolean): string {
    const chain = this.chain(view, row, inherited);
    // A whole chain tells of the parent what would have to be read again.
    const parent = chain.find(({ id }) => id === row.parent_id)?.kind as DeviceRow['kind'] | undefined;
    const shown = inherited ? this.bodyWith(exchange, view, row, parent) : this.shown(exchange, view, row);
    const variables = this.variables.text(view, chain);
    return exchange.json(`${JSON.stringify(shown).slice(0, -1)},"variables":${variables}}`);
  }

  /** The same with what is bound looked up, for which alone there is something to wait for. */
  lookedUp(exchange: Exchange, row: DeviceRow, inherited: boolean): string | Promise<string> {
    return this.virtual.text(exchange, row, this.withVariables(exchange, exchange.view, row, inherited));
  }

  /** For a list of one kind: how to show each of its rows. */
  each(exchange: Exchange, rows: readonly DeviceRow[], query: DeviceQuery) {
    return this.eachAs(bodyOf, exchange, rows, query);
  }

  /** For a list of devices of all kinds. */
  eachOfAnyKind(exchange: Exchange, rows: readonly DeviceRow[], query: DeviceQuery) {
    return this.eachAs(anyBodyOf, exchange, rows, query);
  }

  private eachAs<Body extends Plain<HostBody>>(
    bodyAs: (row: DeviceRow, shown: Shown) => Body,
    exchange: Exchange,
    rows: readonly DeviceRow[],
    query: DeviceQuery,
  ) {
    const { view } = exchange;
    const inherited = query['resolved-values'] !== false;
    const chainOf = (row: DeviceRow) => this.chain(view, row, inherited);
    const variables = this.variables.valuesOfAll(view, query.details ? rows.map(chainOf) : []);
    const ids = rows.map(({ id }) => id);
    const kinds = this.kindsOfParents(view, rows);
    const labels = this.inventory.labelsOfAll(view, ids);
    return (row: DeviceRow, index: number): Body => {
      const parent = kinds.get(row.parent_id ?? '');
      const shown = { up: upOf(exchange, row, parent), labels: labels.get(row.id) ?? [] };
      const values = variables[index];
      return { ...bodyAs(row, shown), ...(values && { variables: values }) };
    };
  }

  private chain(view: ReadView, row: DeviceRow, inherited: boolean): readonly Link[] {
    return inherited ? this.owners.ofDevice(view, row) : [{ kind: row.kind, id: row.id }];
  }

  private bodyWith(
    exchange: Exchange,
    view: ReadView,
    row: DeviceRow,
    parent: DeviceRow['kind'] | undefined,
  ): HostBody {
    const labels = this.inventory.labels(view, row.id);
    return exchange.tagged(row.revision, bodyOf(row, { up: upOf(exchange, row, parent), labels }));
  }

  private kindsOfParents(view: ReadView, rows: readonly DeviceRow[]): ReadonlyMap<string, DeviceRow['kind']> {
    const ids = new Set(rows.flatMap(({ parent_id }) => parent_id ?? []));
    if (ids.size === 0) return new Map();
    return new Map(this.inventory.devicesById(view, [...ids]).map(({ id, kind }) => [id, kind]));
  }
}
