import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

/** Something that has variables, with whom it inherits from. */
export interface PlacedRow {
  readonly id: string;
  /** The device that it is in or on. */
  readonly parentId: string | null;
  /** The cell, region, cloud or project that it is in directly. */
  readonly placeId: string | null;
}

interface ChunkRow {
  readonly ids: string;
  readonly parents: string;
  readonly places: string;
}

const atOnce = 1000;

const list = (text: string): (string | null)[] => JSON.parse(text) as (string | null)[];

/** Rows as three lists: a third of the time of rows one by one. In the order of identifiers, `atOnce` of them. */
const chunkOf = (source: string): string => `
  SELECT json_group_array(id) AS ids, json_group_array(parent_id) AS parents, json_group_array(place_id) AS places
  FROM (${source} LIMIT ${atOnce})`;

interface Source {
  readonly id: string;
  readonly rows: string;
}

const simple = (table: string, place: string, parent = 'NULL'): Source => ({
  id: 'id',
  rows: `SELECT id, ${parent} AS parent_id, ${place} AS place_id FROM ${table}`,
});

const sources = {
  clouds: simple('clouds', 'project_id'),
  regions: simple('regions', 'cloud_id'),
  cells: simple('cells', 'region_id'),
  devices: simple('devices', 'coalesce(cell_id, region_id)', 'parent_id'),
  networks: simple('networks', 'region_id'),
  interfaces: {
    id: 'i.id',
    rows: `SELECT i.id AS id, i.device_id AS parent_id, coalesce(d.cell_id, d.region_id) AS place_id
      FROM interfaces i JOIN devices d ON d.id = i.device_id`,
  },
} as const satisfies Record<string, Source>;

export type PlacedTable = keyof typeof sources;

export const placedTables = Object.keys(sources) as readonly PlacedTable[];

const chunks = Object.values(sources).map(({ id, rows }) =>
  chunkOf(`${rows} WHERE ${id} > ? ORDER BY ${id}`),
);

const readAll = (view: ReadView, sql: string): PlacedRow[] => {
  const rows: PlacedRow[] = [];
  for (let after = '', count: number = atOnce; count === atOnce; after = rows.at(-1)?.id ?? '') {
    const chunk = view.get<ChunkRow>(sql, after)!;
    const parents = list(chunk.parents);
    const places = list(chunk.places);
    const ids = JSON.parse(chunk.ids) as string[];
    ids.forEach((id, index) =>
      rows.push({ id, parentId: parents[index] ?? null, placeId: places[index] ?? null }),
    );
    count = ids.length;
  }
  return rows;
};

@Injectable()
export class FleetQueries {
  /** Everything below the projects that has variables, retired devices included. Time grows with its number. */
  placed(view: ReadView): readonly PlacedRow[] {
    return chunks.flatMap((sql) => readAll(view, sql));
  }

  /** Names in a region that no host can have, since another kind of device has them. */
  namesOfOthers(view: ReadView, regionId: string): ReadonlySet<string> {
    const sql = `SELECT name FROM devices WHERE region_id = ? AND kind <> 'host' AND retired_at IS NULL`;
    return new Set(view.all<{ name: string }>(sql, regionId).map(({ name }) => name));
  }

  /** The same for those of one table that have these identifiers and are there. */
  placedOf(view: ReadView, table: PlacedTable, ids: readonly string[]): readonly PlacedRow[] {
    const { id, rows } = sources[table];
    const sql = `SELECT id, parent_id AS parentId, place_id AS placeId
      FROM (${rows} WHERE ${id} IN (SELECT value FROM json_each(?)))`;
    return view.all(sql, JSON.stringify(ids));
  }

  /** Identifiers of what moves when these devices do. */
  interfacesOf(view: ReadView, deviceIds: readonly string[]): readonly string[] {
    const sql = 'SELECT id FROM interfaces WHERE device_id IN (SELECT value FROM json_each(?))';
    return view.all<{ id: string }>(sql, JSON.stringify(deviceIds)).map(({ id }) => id);
  }
}
