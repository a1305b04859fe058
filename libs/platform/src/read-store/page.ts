import type { ReadView, SqlValue } from './read-view.js';

export interface Page {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly marker?: string | undefined;
}

export interface Rows<T> {
  readonly rows: readonly T[];
  /** Whether there are rows after these. */
  readonly more: boolean;
  /** Marker of the page before; null when that is the first page, undefined when this one is. */
  readonly previous?: string | null;
}

/** One of what a query answers. */
export interface Among {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** However many identifiers: they are one parameter. */
export const among = (ids: readonly string[]): Among => ({
  sql: 'SELECT value FROM json_each(?)',
  values: [JSON.stringify(ids)],
});

export type Filter = Readonly<Record<string, SqlValue | Among | undefined>>;

const conditionOf = (column: string, wanted: SqlValue | Among): readonly [string, readonly SqlValue[]] => {
  if (wanted === null) return [`${column} IS NULL`, []];
  return typeof wanted === 'object'
    ? [`${column} IN (${wanted.sql})`, wanted.values]
    : [`${column} = ?`, [wanted]];
};

const conditionsOf = (filter: Filter): { conditions: string[]; values: SqlValue[] } => {
  const found = Object.entries(filter).flatMap(([column, wanted]) =>
    wanted === undefined ? [] : [conditionOf(column, wanted)],
  );
  return {
    conditions: found.map(([condition]) => condition),
    values: found.flatMap(([, values]) => values),
  };
};

const where = (conditions: readonly string[]): string =>
  conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';

/** The row before the first one of the page that ends with the marker. */
const previousOf = (
  view: ReadView,
  table: string,
  filter: Filter,
  { limit, marker }: Page,
): string | null => {
  const { conditions, values } = conditionsOf(filter);
  const sql = `SELECT id FROM ${table} ${where([...conditions, 'id <= ?'])} ORDER BY id DESC LIMIT 1 OFFSET ?`;
  return view.get<{ id: string }>(sql, ...values, marker ?? '', limit)?.id ?? null;
};

/**
 * Rows of one table in the order of their ids; a filter that is undefined filters nothing, null asks for what has no value.
 * Table, columns and queries are put into the SQL as they are: the caller's own words, never a client's.
 */
export const pageOf = <T>(view: ReadView, table: string, filter: Filter, page: Page): Rows<T> => {
  const { limit, marker } = page;
  const { conditions, values } = conditionsOf(filter);
  if (marker !== undefined) {
    conditions.push('id > ?');
    values.push(marker);
  }
  const rows = view.all<T>(
    `SELECT * FROM ${table} ${where(conditions)} ORDER BY id LIMIT ?`,
    ...values,
    limit + 1,
  );
  const more = rows.length > limit;
  if (more) rows.pop();
  return marker === undefined
    ? { rows, more }
    : { rows, more, previous: previousOf(view, table, filter, page) };
};
