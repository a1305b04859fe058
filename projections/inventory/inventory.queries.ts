import { Injectable } from '@nestjs/common';
import {
  type Among,
  among,
  type Filter,
  type Page,
  pageOf,
  type Rows,
} from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface CloudRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly note: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

export interface RegionRow extends CloudRow {
  readonly cloud_id: string;
}

export interface CellRow extends RegionRow {
  readonly region_id: string;
}

export interface DeviceRow extends CellRow {
  readonly kind: 'host' | 'network-device' | 'container';
  readonly cell_id: string | null;
  readonly parent_id: string | null;
  readonly ip_address: string;
  readonly device_type: string;
  readonly model_name: string | null;
  readonly os_version: string | null;
  readonly vlans: string | null;
  readonly active: 0 | 1;
  /** The maintenance window that it is under. */
  readonly window_id: string | null;
  /** The mark of the source that keeps it. */
  readonly managed_by: string | null;
  readonly retired_at: string | null;
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** `ids`: only among these. */
export type CloudFilter = Optional<{ projectId: string; id: string; name: string; ids: readonly string[] }>;
export type RegionFilter = CloudFilter & Optional<{ cloudId: string }>;
export type CellFilter = RegionFilter & Optional<{ regionId: string }>;
export type DeviceFilter = CellFilter &
  Optional<{
    cellId: string;
    /** Null: those without a parent. */
    parentId: string | null;
    /** With a parent: not only its children, but everything under it. */
    descendants: boolean;
    /** All of them. */
    labels: readonly string[];
    kind: string;
    deviceType: string;
    ipAddress: string;
    active: boolean;
    managedBy: string;
    retired: boolean;
  }>;

/** No tree is deeper (the region sees to it); a defect must not make a reader turn in circles. */
const deepest = 32;
/** Devices with a label that is common. */
const many = 2000;
/** Matches of a search that are looked up one by one; of more, a page is full before it has come far. */
const most = 20_000;
const namesAtOnce = 500;

/** Columns that have an index, the one that leaves the fewest rows first. */
const single = ['id', 'name', 'ip_address', 'parent_id', 'devices.id', 'cell_id', 'region_id'];

const only = (ids: readonly string[] | undefined): Filter => (ids ? { '(id)': among(ids) } : {});

/** Leaves one column to be searched by; the plus keeps SQLite, which knows nothing of the numbers, from choosing another. */
const searchedBy = (columns: Filter, ids: readonly string[] = []): Filter => {
  const place = ids.length < many ? 0 : single.length;
  const order = ids.length < most ? single.toSpliced(place, 0, '(id)') : single;
  const best = [...order, 'project_id'].find((column) => (columns[column] ?? null) !== null);
  const others = new Set([...single, '(id)', 'project_id'].filter((column) => column !== best));
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [others.has(column) ? `+${column}` : column, value]),
  );
};

@Injectable()
export class InventoryQueries {
  cloud(view: ReadView, id: string): CloudRow | undefined {
    return view.get('SELECT * FROM clouds WHERE id = ?', id);
  }

  region(view: ReadView, id: string): RegionRow | undefined {
    return view.get('SELECT * FROM regions WHERE id = ?', id);
  }

  cell(view: ReadView, id: string): CellRow | undefined {
    return view.get('SELECT * FROM cells WHERE id = ?', id);
  }

  /** Retired ones included. */
  device(view: ReadView, id: string): DeviceRow | undefined {
    return view.get('SELECT * FROM devices WHERE id = ?', id);
  }

  /** Retired ones included; those that are not there are left out. */
  devicesById(view: ReadView, ids: readonly string[]): readonly DeviceRow[] {
    const sql = 'SELECT * FROM devices WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id';
    return view.all(sql, JSON.stringify(ids));
  }

  clouds(view: ReadView, { projectId, id, name, ids }: CloudFilter, page: Page): Rows<CloudRow> {
    return pageOf(view, 'clouds', { project_id: projectId, id, name, ...only(ids) }, page);
  }

  regions(view: ReadView, { projectId, id, name, cloudId, ids }: RegionFilter, page: Page): Rows<RegionRow> {
    const columns = { project_id: projectId, id, name, cloud_id: cloudId, ...only(ids) };
    return pageOf(view, 'regions', columns, page);
  }

  cells(view: ReadView, filter: CellFilter, page: Page): Rows<CellRow> {
    const { projectId, id, name, cloudId, regionId, ids } = filter;
    const columns = { project_id: projectId, id, name, cloud_id: cloudId, region_id: regionId, ...only(ids) };
    return pageOf(view, 'cells', columns, page);
  }

  devices(view: ReadView, filter: DeviceFilter, page: Page): Rows<DeviceRow> {
    const { active, retired } = filter;
    const columns = {
      project_id: filter.projectId,
      id: filter.id,
      name: filter.name,
      cloud_id: filter.cloudId,
      region_id: filter.regionId,
      cell_id: filter.cellId,
      parent_id: filter.descendants ? undefined : filter.parentId,
      ...this.narrowed(view, filter),
      ...only(filter.ids),
      kind: filter.kind,
      device_type: filter.deviceType,
      ip_address: filter.ipAddress,
      active: active === undefined ? undefined : Number(active),
      managed_by: filter.managedBy,
      '(retired_at IS NOT NULL)': retired === undefined ? undefined : Number(retired),
    };
    return pageOf(view, 'devices', searchedBy(columns, filter.ids), page);
  }

  /** Of the device, in alphabetical order. */
  labels(view: ReadView, deviceId: string): readonly string[] {
    const sql = 'SELECT label FROM device_labels WHERE device_id = ? ORDER BY label';
    return view.all<{ label: string }>(sql, deviceId).map(({ label }) => label);
  }

  /** The same for many devices at once; those without labels are left out. */
  labelsOfAll(view: ReadView, deviceIds: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const sql = `SELECT device_id, label FROM device_labels
      WHERE device_id IN (SELECT value FROM json_each(?)) ORDER BY device_id, label`;
    const found = view.all<{ device_id: string; label: string }>(sql, JSON.stringify(deviceIds));
    const byDevice = Map.groupBy(found, ({ device_id }) => device_id);
    return new Map([...byDevice].map(([id, rows]) => [id, rows.map(({ label }) => label)]));
  }

  /** Identifiers of all devices under this one, level by level, retired ones included. */
  descendants(view: ReadView, deviceId: string): readonly string[] {
    const sql = 'SELECT id FROM devices WHERE parent_id IN (SELECT value FROM json_each(?)) ORDER BY id';
    const levels: string[][] = [];
    let level = [deviceId];
    while (level.length > 0 && levels.length < deepest) {
      level = view.all<{ id: string }>(sql, JSON.stringify(level)).map(({ id }) => id);
      levels.push(level);
    }
    return levels.flat();
  }

  /** The device's parent, the parent's parent and so on: nearest first. */
  ancestors(view: ReadView, { parent_id }: Pick<DeviceRow, 'parent_id'>): readonly DeviceRow[] {
    // One search by key for each level: a recursive query would read whole tables as of the past.
    const found: DeviceRow[] = [];
    let next: string | null | undefined = parent_id;
    while (next && found.length < deepest) {
      const parent = this.device(view, next);
      if (parent) found.push(parent);
      next = parent?.parent_id;
    }
    return found;
  }

  /** Every host of a region, retired ones included. */
  hostsOf(
    view: ReadView,
    regionId: string,
  ): readonly Pick<DeviceRow, 'id' | 'name' | 'ip_address' | 'active' | 'window_id' | 'retired_at'>[] {
    const sql = `SELECT id, name, ip_address, active, window_id, retired_at FROM devices
      WHERE region_id = ? AND kind = 'host' ORDER BY id`;
    return view.all(sql, regionId);
  }

  /** Where a project has devices in service that bear the mark of a source. */
  regionsManagedBy(
    view: ReadView,
    projectId: string,
    mark: string,
  ): readonly Pick<DeviceRow, 'region_id' | 'cloud_id'>[] {
    const sql = `SELECT DISTINCT region_id, cloud_id FROM devices
      WHERE project_id = ? AND managed_by = ? AND retired_at IS NULL ORDER BY region_id`;
    return view.all(sql, projectId, mark);
  }

  /** The devices of a region that bear one of the names, retired ones included. */
  devicesByName(view: ReadView, regionId: string, names: readonly string[]): readonly DeviceRow[] {
    const found: DeviceRow[] = [];
    for (let index = 0; index < names.length; index += namesAtOnce) {
      const some = JSON.stringify(names.slice(index, index + namesAtOnce));
      const sql =
        'SELECT * FROM devices WHERE region_id = ? AND name IN (SELECT value FROM json_each(?)) ORDER BY id';
      found.push(...view.all<DeviceRow>(sql, regionId, some));
    }
    return found;
  }

  /**
   * What leaves only the devices under the parent and with the labels. Where that leaves few, these are looked up; where it leaves
   * many, a page is full of them before it has come far: then each device is asked when its turn has come.
   */
  private narrowed(view: ReadView, { parentId, descendants, labels = [] }: DeviceFilter): Filter {
    const few = this.few(view, descendants ? parentId : undefined, labels);
    if (!few && labels.length === 0) return {};
    const id = few ? 'few.id' : 'devices.id';
    const has = `EXISTS (SELECT 1 FROM device_labels l WHERE l.device_id = ${id} AND l.label = ?)`;
    const where = labels.length > 0 ? `WHERE ${labels.map(() => has).join(' AND ')}` : '';
    return few
      ? {
          'devices.id': {
            sql: `SELECT few.id FROM (${few.sql}) few ${where}`,
            values: [...few.values, ...labels],
          },
        }
      : { '+devices.id': { sql: `SELECT devices.id ${where}`, values: labels } };
  }

  private few(
    view: ReadView,
    above: string | null | undefined,
    labels: readonly string[],
  ): Among | undefined {
    if (above) {
      return {
        sql: 'SELECT value AS id FROM json_each(?)',
        values: [JSON.stringify(this.descendants(view, above))],
      };
    }
    const count = 'SELECT count(*) AS count FROM (SELECT 1 FROM device_labels WHERE label = ? LIMIT ?)';
    const rare = labels.find((label) => view.get<{ count: number }>(count, label, many)!.count < many);
    return rare === undefined
      ? undefined
      : { sql: 'SELECT device_id AS id FROM device_labels WHERE label = ?', values: [rare] };
  }
}
