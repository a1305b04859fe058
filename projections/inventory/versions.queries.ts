import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  changedSql,
  type Held,
  heldSql,
  type Span,
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

export interface HeldAsked {
  /** Default: the identifier. */
  readonly column?: 'id' | 'cloud_id' | 'parent_id' | 'device_id';
  readonly values: readonly string[];
  readonly span: Span;
}

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

/** What held of things at one of two cursors: of those of which a column has one of these values. */
export const heldPlaced = (
  view: ReadView,
  kind: PlacedKind,
  { column = 'id', values, span: [from, to] }: HeldAsked,
): readonly (VersionRow & Held)[] =>
  view.all(heldSql(tables[kind], column), JSON.stringify(values), from, to);

/** Those of these things that were changed after one cursor and not after another. */
export const changedPlaced = (
  view: ReadView,
  kind: PlacedKind,
  ids: readonly string[],
  [from, to]: Span,
): readonly string[] =>
  view.all<{ id: string }>(changedSql(tables[kind], 'id'), JSON.stringify(ids), from, to).map(({ id }) => id);

/** The labels of devices that held at some time from one cursor to another, the ends included; in alphabetical order. */
export const labelVersions = (
  view: ReadView,
  deviceIds: readonly string[],
  [from, to]: Span,
): readonly LabelVersion[] => {
  const sql = `SELECT l.device_id, l.label, l.valid_from, l.valid_to
    FROM json_each(?1) JOIN device_labels_versions l ON l.device_id = json_each.value
    WHERE l.valid_from <= ?3 AND (l.valid_to IS NULL OR l.valid_to >= ?2) ORDER BY l.device_id, l.label`;
  return view.all(sql, JSON.stringify(deviceIds), from, to);
};

/** The versions of a thing that began after a cursor, in their order. */
export const placedAfter = (
  view: ReadView,
  kind: PlacedKind,
  id: string,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
): readonly (VersionRow & Held)[] => {
  const sql = `SELECT * FROM ${tables[kind]}_versions WHERE id = ? AND valid_from > ? ORDER BY valid_from LIMIT ?`;
  return view.all(sql, id, cursor, limit);
};
