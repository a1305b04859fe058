import type { ReadView, SqlValue } from './read-view.js';

/** From when to when a row held; `valid_to` is null while it does. */
export interface Held {
  readonly valid_from: string;
  readonly valid_to: string | null;
}

/** A version of a row that a moment began or ended, with that moment. */
export interface Turned extends Held {
  readonly at: string;
}

/**
 * SQL for the versions of rows that began or ended at a moment: the parameter is a JSON list of keys, each with its cursor behind it.
 * A search for each, however long the row's history is. Table and columns go into the SQL as they are.
 */
export const turnedSql = (table: string, key: readonly string[]): string => {
  const asked = [...key, 'at'].map((column, index) => `value ->> ${index} AS "${column}"`).join(', ');
  const same = (one: string) => key.map((column) => `${one}."${column}" = asked."${column}"`).join(' AND ');
  const before = `SELECT w.valid_from FROM ${table}_versions w WHERE ${same('w')} AND w.valid_from < asked.at
    ORDER BY w.valid_from DESC LIMIT 1`;
  return `WITH asked AS MATERIALIZED (SELECT ${asked} FROM json_each(?))
    SELECT v.*, asked.at FROM asked JOIN ${table}_versions v ON ${same('v')} AND v.valid_from = asked.at
    UNION ALL
    SELECT v.*, asked.at FROM asked JOIN ${table}_versions v ON ${same('v')} AND v.valid_from = (${before})
    WHERE v.valid_to = asked.at`;
};

/** SQL for the versions of rows that held at either of two moments; parameters: a JSON list of values of the column, one moment, the other. */
export const heldSql = (table: string, column: string): string =>
  `SELECT v.* FROM ${table}_versions v WHERE v."${column}" IN (SELECT value FROM json_each(?1))
     AND ((v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2))
       OR (v.valid_from <= ?3 AND (v.valid_to IS NULL OR v.valid_to > ?3)))`;

/** A row of whatever table. */
export type VersionRow = Readonly<Record<string, SqlValue>> & { readonly id: string };

/** A thing, and a cursor at which it was changed. */
export type Turning = readonly [id: string, at: string];

/** The last cursors at which the row of that id began, was changed or ended, newest first. */
export const turns = (view: ReadView, table: string, id: string, limit: number): readonly string[] => {
  const sql = `SELECT valid_from, valid_to FROM ${table}_versions WHERE id = ? ORDER BY valid_from DESC LIMIT ?`;
  const cursors = new Set<string>();
  for (const { valid_from, valid_to } of view.all<Held>(sql, id, limit)) {
    if (valid_to !== null) cursors.add(valid_to);
    cursors.add(valid_from);
  }
  return [...cursors].slice(0, limit);
};

/**
 * SQL for the last cursors at which a row of a column's value came or went, as `at`, newest first: not those of its changes between;
 * parameters: the value, how many. Costs all that these rows ever were.
 */
export const comingSql = (table: string, column: string): string =>
  `WITH lives AS (
     SELECT min(valid_from) AS came, CASE WHEN count(valid_to) = count(*) THEN max(valid_to) END AS went
     FROM ${table}_versions WHERE "${column}" = ? GROUP BY id)
   SELECT came AS at FROM lives UNION SELECT went FROM lives WHERE went IS NOT NULL ORDER BY at DESC LIMIT ?`;

/** SQL for the values of the column whose rows began, were changed or ended after one moment and not after another; parameters as of `heldSql`. */
export const changedSql = (table: string, column: string): string =>
  `SELECT DISTINCT v."${column}" AS id FROM ${table}_versions v WHERE v."${column}" IN (SELECT value FROM json_each(?1))
     AND ((v.valid_from > ?2 AND v.valid_from <= ?3) OR (v.valid_to > ?2 AND v.valid_to <= ?3))`;

/** Two cursors, in log order. */
export type Span = readonly [from: string, to: string];
