import type { ReadView, SqlValue } from './read-view.js';

export interface Page {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly marker?: string;
}

export interface Rows<T> {
  readonly rows: readonly T[];
  /** Whether there are rows after these. */
  readonly more: boolean;
}

/** Rows of one table in the order of their ids; a filter that is undefined filters nothing. Column names are the caller's own. */
export const pageOf = <T>(
  view: ReadView,
  table: string,
  filter: Readonly<Record<string, SqlValue | undefined>>,
  { limit, marker }: Page,
): Rows<T> => {
  const given = Object.entries(filter).flatMap(([column, value]) =>
    value === undefined ? [] : [{ column, value }],
  );
  const conditions = given.map(({ column }) => `${column} = ?`);
  if (marker !== undefined) conditions.push('id > ?');
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const parameters = [...given.map(({ value }) => value), ...(marker === undefined ? [] : [marker])];
  const rows = view.all<T>(`SELECT * FROM ${table} ${where} ORDER BY id LIMIT ?`, ...parameters, limit + 1);
  return { rows: rows.slice(0, limit), more: rows.length > limit };
};
