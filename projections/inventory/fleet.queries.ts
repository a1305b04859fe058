import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import { changedSince, wholeOf } from '#libs/platform/src/read-store/whole.js';

/** Something that has variables, with whom it inherits from. */
export interface PlacedRow {
  readonly id: string;
  /** The device that it is in or on. */
  readonly parentId: string | null;
  /** The cell, region, cloud or project that it is in directly. */
  readonly placeId: string | null;
}

interface Source {
  readonly key?: readonly ('region_id' | 'id')[];
  readonly parent: string;
  readonly place: string;
}

const sources = {
  clouds: { parent: 'NULL', place: 'project_id' },
  regions: { parent: 'NULL', place: 'cloud_id' },
  cells: { parent: 'NULL', place: 'region_id' },
  device_places: { key: ['region_id', 'id'], parent: 'parent_id', place: 'place_id' },
  networks: { parent: 'NULL', place: 'region_id' },
  // Of the device that it is on.
  interfaces: { parent: 'device_id', place: 'NULL' },
} as const satisfies Record<string, Source>;

/** Tables that say who inherits from whom. */
export type PlacedTable = keyof typeof sources;

export const placedTables = Object.keys(sources) as readonly PlacedTable[];

const readAll = (view: ReadView, table: PlacedTable): PlacedRow[] => {
  const { key = ['id'], parent: parentId, place: placeId }: Source = sources[table];
  const rows: PlacedRow[] = [];
  for (const lists of wholeOf(view, { table, key, members: { parentId, placeId } })) {
    const parents = lists.parentId as readonly (string | null)[];
    const places = lists.placeId as readonly (string | null)[];
    (lists.id as readonly string[]).forEach((id, index) =>
      rows.push({ id, parentId: parents[index] ?? null, placeId: places[index] ?? null }),
    );
  }
  return rows;
};

/** What is on a device is where the device is. */
const withPlaces = (
  interfaces: readonly PlacedRow[],
  devices: readonly PlacedRow[],
): readonly PlacedRow[] => {
  if (interfaces.length === 0) return interfaces;
  const places = new Map(devices.map(({ id, placeId }) => [id, placeId]));
  return interfaces.flatMap(({ id, parentId }) => {
    const placeId = places.get(parentId ?? '');
    return placeId === undefined ? [] : [{ id, parentId, placeId }];
  });
};

const devicePlace = 'coalesce(d.cell_id, d.region_id) AS placeId';

const placedSql = (table: PlacedTable): string => {
  const some = 'IN (SELECT value FROM json_each(?))';
  if (table === 'device_places')
    return `SELECT id, parent_id AS parentId, ${devicePlace} FROM devices d WHERE id ${some}`;
  if (table === 'interfaces')
    return `SELECT i.id, i.device_id AS parentId, ${devicePlace} FROM interfaces i JOIN devices d ON d.id = i.device_id
      WHERE i.id ${some}`;
  const { parent, place } = sources[table];
  return `SELECT id, ${parent} AS parentId, ${place} AS placeId FROM ${table} WHERE id ${some}`;
};

@Injectable()
export class FleetQueries {
  /** Everything below the projects that has variables, retired devices included. Time grows with its number. */
  placed(view: ReadView): readonly PlacedRow[] {
    const read = (table: PlacedTable) => readAll(view, table);
    const devices = read('device_places');
    return [
      ...read('clouds'),
      ...read('regions'),
      ...read('cells'),
      ...devices,
      ...read('networks'),
      ...withPlaces(read('interfaces'), devices),
    ];
  }

  /** Identifiers of what was added, moved or removed since, by table; undefined when those are more than so many. */
  placedSince(view: ReadView, most: number): ReadonlyMap<PlacedTable, ReadonlySet<string>> | undefined {
    const found = new Map<PlacedTable, ReadonlySet<string>>();
    for (const table of placedTables) {
      const ids = changedSince(view, table, 'id', most);
      if (!ids) return undefined;
      found.set(table, new Set(ids));
    }
    return found;
  }

  /** Names in a region that no host can have, since another kind of device has them. */
  namesOfOthers(view: ReadView, regionId: string): ReadonlySet<string> {
    const sql = `SELECT name FROM devices WHERE region_id = ? AND kind <> 'host' AND retired_at IS NULL`;
    return new Set(view.all<{ name: string }>(sql, regionId).map(({ name }) => name));
  }

  /** The same for those of one table that have these identifiers and are there. */
  placedOf(view: ReadView, table: PlacedTable, ids: readonly string[]): readonly PlacedRow[] {
    return view.all(placedSql(table), JSON.stringify(ids));
  }

  /** Identifiers of what moves when these devices do. */
  interfacesOf(view: ReadView, deviceIds: readonly string[]): readonly string[] {
    const sql = 'SELECT id FROM interfaces WHERE device_id IN (SELECT value FROM json_each(?))';
    return view.all<{ id: string }>(sql, JSON.stringify(deviceIds)).map(({ id }) => id);
  }
}
