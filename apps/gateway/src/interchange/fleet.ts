import { Injectable } from '@nestjs/common';
import type { FleetRecord } from '#libs/interchange/src/fleet-record.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type CellRow, type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import {
  type InterfaceFilter,
  type InterfaceRow,
  NetworkQueries,
} from '#projections/inventory/networks.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { type Link, Owners } from '../inventory/owners.js';
import { type Chain, FleetVariables } from './fleet-variables.js';
import { chunksOf, pagesOf, Places } from './places.js';
import { deviceFields, interfaceFields, networkFields, recordOf } from './records.js';

/** The read models that a fleet is put together from. */
@Injectable()
export class FleetSources {
  constructor(
    readonly inventory: InventoryQueries,
    readonly networks: NetworkQueries,
    readonly variables: VariablesQueries,
    readonly owners: Owners,
  ) {}
}

/** What of the fleet; undefined is all. A region comes with its cloud, a cell with its region. */
export interface Part {
  readonly projectId: string | undefined;
  readonly cloudId: string | undefined;
  readonly regionId: string | undefined;
  readonly cellId: string | undefined;
  /** Only these, and no networks; with their region. */
  readonly deviceIds?: readonly string[] | undefined;
}

export type WantedVariables = 'none' | 'own' | 'resolved';

type Devices = ReadonlyMap<string, DeviceRow>;

/** No tree of devices is deeper; a defect must not make a reader turn in circles. */
const deepest = 32;

const cellsOf = async (
  inventory: InventoryQueries,
  view: ReadView,
  deviceIds: readonly string[],
): Promise<readonly string[]> => {
  const found = new Set<string>();
  for await (const ids of chunksOf(deviceIds))
    for (const { cell_id } of inventory.devicesById(view, ids)) if (cell_id !== null) found.add(cell_id);
  return [...found];
};

const idsOf = (links: readonly Link[]): string[] => links.map(({ id }) => id);

/** A part of the fleet, what is in service, as it was where the view stands: read in pages, and a few statements a page. */
export class Fleet {
  private readonly variables: FleetVariables;
  private readonly networkNames = new Map<string, string | null>();

  private constructor(
    private readonly sources: FleetSources,
    private readonly view: ReadView,
    private readonly part: Part,
    private readonly places: Places,
  ) {
    this.variables = new FleetVariables(sources.variables, view);
  }

  /** The view must be one that stands still: what is read together is read in many turns. */
  static async open(sources: FleetSources, view: ReadView, part: Part): Promise<Fleet> {
    const cellIds = part.deviceIds && (await cellsOf(sources.inventory, view, part.deviceIds));
    return new Fleet(sources, view, part, await Places.read(sources.inventory, view, { ...part, cellIds }));
  }

  /** Everything, each after what it hangs on; only parents of devices may come later. */
  async *all(wanted: WantedVariables): AsyncGenerator<FleetRecord> {
    yield* this.upper(wanted);
    yield* this.devices(wanted);
    yield* this.networks(wanted);
    yield* this.interfaces(wanted);
  }

  async *devices(wanted: WantedVariables): AsyncGenerator<FleetRecord> {
    const { inventory } = this.sources;
    for await (const rows of this.devicePages()) {
      const known = this.withAncestors(rows);
      const labels = inventory.labelsOfAll(
        this.view,
        rows.map(({ id }) => id),
      );
      const variables = this.variablesOf(
        wanted,
        rows.map((row) => this.chainOf(row, known)),
      );
      for (const [index, row] of rows.entries())
        yield recordOf({
          kind: row.kind,
          row,
          place: this.placeOf(row, known),
          variables: variables[index] as JsonObject,
          labels: labels.get(row.id) ?? [],
          fields: deviceFields(row),
        });
    }
  }

  private async *devicePages(): AsyncGenerator<readonly DeviceRow[]> {
    const { inventory } = this.sources;
    const { deviceIds, ...filter } = this.part;
    if (deviceIds === undefined)
      return yield* pagesOf((page) => inventory.devices(this.view, { ...filter, retired: false }, page));
    for await (const ids of chunksOf(deviceIds))
      yield inventory.devicesById(this.view, ids).filter((row) => this.isPart(row));
  }

  private async *upper(wanted: WantedVariables): AsyncGenerator<FleetRecord> {
    const { places, sources } = this;
    const { owners } = sources;
    const clouds = [...places.clouds.values()].map((cloud) => ({
      kind: 'cloud' as const,
      row: { ...cloud, name: places.cloudName(cloud) },
      place: {},
      chain: { near: [cloud.id], far: idsOf(owners.ofCloud(cloud)).slice(1) },
    }));
    const regions = [...places.regions.values()].map((row) => ({
      kind: 'region' as const,
      row,
      place: places.ofCloud(row.cloud_id),
      chain: { near: [row.id], far: idsOf(owners.ofRegion(row)).slice(1) },
    }));
    const cells = [...places.cells.values()].map((row) => ({
      kind: 'cell' as const,
      row,
      place: places.ofRegion(row.region_id),
      chain: { near: [row.id], far: idsOf(owners.ofCell(row)).slice(1) },
    }));
    for await (const chunk of chunksOf([...clouds, ...regions, ...cells])) {
      const variables = this.variablesOf(
        wanted,
        chunk.map(({ chain }) => chain),
      );
      for (const [index, thing] of chunk.entries())
        yield recordOf({ ...thing, variables: variables[index] as JsonObject });
    }
  }

  private async *networks(wanted: WantedVariables): AsyncGenerator<FleetRecord> {
    if (this.part.deviceIds) return;
    const { networks, owners } = this.sources;
    for await (const rows of pagesOf((page) => networks.networks(this.view, this.part, page))) {
      const chains = rows.map((row) => ({ near: [row.id], far: idsOf(owners.ofNetwork(row)).slice(1) }));
      const variables = this.variablesOf(wanted, chains);
      for (const [index, row] of rows.entries())
        yield recordOf({
          kind: 'network',
          row,
          place: this.places.ofCell(row.region_id, row.cell_id),
          variables: variables[index] as JsonObject,
          fields: networkFields(row),
        });
    }
  }

  private async *interfaces(wanted: WantedVariables): AsyncGenerator<FleetRecord> {
    const { networks } = this.sources;
    for await (const filter of this.interfaceFilters())
      for await (const rows of pagesOf((page) => networks.interfaces(this.view, filter, page)))
        yield* this.interfacesOf(rows, wanted);
  }

  private async *interfaceFilters(): AsyncGenerator<InterfaceFilter> {
    const { deviceIds } = this.part;
    if (deviceIds === undefined) for (const regionId of this.places.regions.keys()) yield { regionId };
    else for await (const ids of chunksOf(deviceIds)) yield { deviceIds: ids };
  }

  private *interfacesOf(rows: readonly InterfaceRow[], wanted: WantedVariables): Generator<FleetRecord> {
    const { inventory } = this.sources;
    const ids = [...new Set(rows.map(({ device_id }) => device_id))];
    const known = this.withAncestors(inventory.devicesById(this.view, ids));
    const shown = rows.filter(({ device_id }) => this.isPart(known.get(device_id)));
    const deviceOf = ({ device_id }: InterfaceRow) => known.get(device_id) as DeviceRow;
    const chains = shown.map((row) => {
      const { near, far } = this.chainOf(deviceOf(row), known);
      return { near: [row.id, ...near], far };
    });
    const variables = this.variablesOf(wanted, chains);
    for (const [index, row] of shown.entries())
      yield recordOf({
        kind: 'interface',
        row,
        place: { ...this.places.ofRegion(row.region_id), device: deviceOf(row).name },
        variables: variables[index] as JsonObject,
        fields: interfaceFields(row, this.networkName(row.network_id)),
      });
  }

  private isPart(device: DeviceRow | undefined): boolean {
    const { cellId } = this.part;
    return device?.retired_at === null && (cellId === undefined || device.cell_id === cellId);
  }

  private networkName(id: string | null): string | null {
    if (id === null) return null;
    const name = this.networkNames.get(id) ?? this.sources.networks.network(this.view, id)?.name ?? null;
    this.networkNames.set(id, name);
    return name;
  }

  private placeOf({ region_id, cell_id, parent_id }: DeviceRow, known: Devices) {
    const parent = parent_id === null ? undefined : known.get(parent_id);
    return { ...this.places.ofCell(region_id, cell_id), ...(parent && { parent: parent.name }) };
  }

  /** The devices and those above them, level by level. */
  private withAncestors(rows: readonly DeviceRow[]): Devices {
    const known = new Map(rows.map((row) => [row.id, row]));
    let level = rows;
    for (let depth = 0; level.length > 0 && depth < deepest; depth += 1) {
      const above = new Set(level.flatMap(({ parent_id }) => parent_id ?? []).filter((id) => !known.has(id)));
      level = above.size === 0 ? [] : this.sources.inventory.devicesById(this.view, [...above]);
      for (const row of level) known.set(row.id, row);
    }
    return known;
  }

  private chainOf(device: DeviceRow, known: Devices): Chain {
    const near = [device.id];
    let above = device.parent_id;
    while (above !== null && near.length <= deepest) {
      near.push(above);
      above = known.get(above)?.parent_id ?? null;
    }
    return { near, far: this.farOf(device) };
  }

  private farOf({ cell_id, region_id, cloud_id, project_id }: DeviceRow): readonly string[] {
    const { owners } = this.sources;
    const cell: CellRow | undefined = cell_id === null ? undefined : this.places.cells.get(cell_id);
    return idsOf(cell ? owners.ofCell(cell) : owners.ofRegion({ id: region_id, cloud_id, project_id }));
  }

  private variablesOf(wanted: WantedVariables, chains: readonly Chain[]): readonly JsonObject[] {
    if (wanted === 'none') return chains.map(() => ({}));
    if (wanted === 'resolved') return this.variables.ofAll(chains);
    return this.variables.ofAll(chains.map(({ near }) => ({ near: near.slice(0, 1), far: [] })));
  }
}
