import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

/** Something in the inventory, and whose it is. */
export interface BelongingRow {
  readonly id: string;
  readonly kind:
    'cloud' | 'region' | 'cell' | 'host' | 'network-device' | 'container' | 'network' | 'network-interface';
  readonly project_id: string;
}

const sources = [
  ['devices', 'kind'],
  ['interfaces', "'network-interface'"],
  ['networks', "'network'"],
  ['cells', "'cell'"],
  ['regions', "'region'"],
  ['clouds', "'cloud'"],
] as const;

const sql = sources
  .map(
    ([table, kind]) =>
      `SELECT id, ${kind} AS kind, project_id FROM ${table} WHERE id IN (SELECT value FROM json_each(?1))`,
  )
  .join('\nUNION ALL ');

/** Whatever of the inventory has these identifiers; in no order. */
export const belonging = (view: ReadView, ids: readonly string[]): readonly BelongingRow[] =>
  view.all(sql, JSON.stringify(ids));
