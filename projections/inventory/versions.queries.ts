import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Held,
  heldSql,
  type Turned,
  turnedSql,
  type Turning,
  turns,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

const tables = {
  cloud: 'clouds',
  region: 'regions',
  cell: 'cells',
  device: 'devices',
  network: 'networks',
  'network-interface': 'interfaces',
} as const;

export type PlacedKind = keyof typeof tables;

export interface LabelVersion extends Held {
  readonly device_id: string;
  readonly label: string;
}

/** The last cursors at which something was changed, newest first. */
export const placedTurns = (view: ReadView, kind: PlacedKind, id: string, limit: number): readonly string[] =>
  turns(view, tables[kind], id, limit);

/** Of each thing what ended and what began at its cursor. */
export const turnedPlaced = (
  view: ReadView,
  kind: PlacedKind,
  asked: readonly Turning[],
): readonly (VersionRow & Turned)[] => view.all(turnedSql(tables[kind], ['id']), JSON.stringify(asked));

/** What held of these things at one of two cursors. */
export const heldPlaced = (
  view: ReadView,
  kind: PlacedKind,
  ids: readonly string[],
  [from, to]: readonly [string, string],
): readonly (VersionRow & Held)[] => view.all(heldSql(tables[kind], 'id'), JSON.stringify(ids), from, to);

/** The labels of devices that held at some time from one cursor to another, the ends included; in alphabetical order. */
export const labelVersions = (
  view: ReadView,
  deviceIds: readonly string[],
  [from, to]: readonly [string, string],
): readonly LabelVersion[] => {
  const sql = `SELECT l.device_id, l.label, l.valid_from, l.valid_to
    FROM json_each(?1) JOIN device_labels_versions l ON l.device_id = json_each.value
    WHERE l.valid_from <= ?3 AND (l.valid_to IS NULL OR l.valid_to >= ?2) ORDER BY l.device_id, l.label`;
  return view.all(sql, JSON.stringify(deviceIds), from, to);
};
