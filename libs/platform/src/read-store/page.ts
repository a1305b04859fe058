import { byId, markerOf, type Position, positionOf, refusedMarker, reversed } from './position.js';
import { type Sort, type Stretch, stretchesOf } from './position.js';
import type { ReadView, SqlValue } from './read-view.js';

export type { Sort } from './position.js';

export interface Page {
  readonly limit: number;
  /** `Rows.end` of the page before, or, in any order, the id of a row that is still there. */
  readonly marker?: string | undefined;
  /** By default in the order of ids. */
  readonly sort?: Sort | undefined;
}

export interface Rows<T> {
  readonly rows: readonly T[];
  /** Whether there are rows after these. */
  readonly more: boolean;
  /** Marker of the page after; undefined when there are no rows. */
  readonly end?: string | undefined;
  /** Marker of the page before; null when that is the first page, undefined when nothing is before these. */
  readonly previous?: string | null | undefined;
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

interface Identified {
  readonly id: string;
}

interface Conditions {
  readonly conditions: readonly string[];
  readonly values: readonly SqlValue[];
}

/** So few rows are sorted sooner than found in the order that is asked for. */
const few = 2000;

const conditionOf = (column: string, wanted: SqlValue | Among): readonly [string, readonly SqlValue[]] => {
  if (wanted === null) return [`${column} IS NULL`, []];
  return typeof wanted === 'object'
    ? [`${column} IN (${wanted.sql})`, wanted.values]
    : [`${column} = ?`, [wanted]];
};

/** `plus` keeps SQLite from searching by any of the columns. */
const conditionsOf = (filter: Filter, plus: '' | '+' = ''): Conditions => {
  const found = Object.entries(filter).flatMap(([column, wanted]) =>
    wanted === undefined ? [] : [conditionOf(plus + column, wanted)],
  );
  return {
    conditions: found.map(([condition]) => condition),
    values: found.flatMap(([, values]) => values),
  };
};

const where = (conditions: readonly string[]): string =>
  conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';

const valueOf = (row: Identified, { column }: Sort): SqlValue =>
  (row as unknown as Readonly<Record<string, SqlValue>>)[column] ?? null;

const placeOf = (row: Identified, sort: Sort): Position => ({ value: valueOf(row, sort), id: row.id });

/** One list: its table, what is left out, and in which order it comes. */
class List {
  private readonly filter: Conditions;
  private readonly plus: '' | '+';

  constructor(
    private readonly view: ReadView,
    private readonly table: string,
    wanted: Filter,
    private readonly sort: Sort,
  ) {
    const filter = conditionsOf(wanted);
    const bySort = sort.column !== 'id' && !this.isFew(filter);
    this.filter = bySort ? conditionsOf(wanted, '+') : filter;
    this.plus = bySort || sort.column === 'id' ? '' : '+';
  }

  from(position: Position | undefined, limit: number): Identified[] {
    return this.walk('*', stretchesOf(this.sort, position, false, this.plus), limit);
  }

  /** The other way, beginning with the one at the position. */
  backFrom(position: Position, limit: number): Identified[] {
    const { column } = this.sort;
    const columns = column === 'id' ? 'id' : `id, ${column}`;
    return this.walk(columns, stretchesOf(reversed(this.sort), position, true, this.plus), limit);
  }

  /** Where a marker stands. */
  position(marker: string): Position {
    const position = positionOf(this.sort, marker);
    if (position) return position;
    const { conditions, values } = this.filter;
    const sql = `SELECT id, ${this.sort.column} FROM ${this.table} ${where([...conditions, 'id = ?'])}`;
    const row = this.view.get<Identified>(sql, ...values, marker);
    if (!row) throw refusedMarker('is not in this list any more: take the one of a link');
    return placeOf(row, this.sort);
  }

  private walk(columns: string, stretches: readonly Stretch[], limit: number): Identified[] {
    const rows: Identified[] = [];
    const { conditions, values } = this.filter;
    for (const stretch of stretches) {
      if (rows.length >= limit) break;
      const sql = `SELECT ${columns} FROM ${this.table} ${where([...conditions, ...stretch.conditions])}
        ORDER BY ${stretch.order} LIMIT ?`;
      rows.push(...this.view.all<Identified>(sql, ...values, ...stretch.values, limit - rows.length));
    }
    return rows;
  }

  private isFew({ conditions, values }: Conditions): boolean {
    if (conditions.length === 0) return false;
    const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM ${this.table} ${where(conditions)} LIMIT ?)`;
    return this.view.get<{ count: number }>(sql, ...values, few)!.count < few;
  }
}

/** What is before a page: `back` is read the other way, one row more than a page. */
const previousOf = (back: readonly Identified[], limit: number, sort: Sort): Rows<never>['previous'] => {
  if (back.length === 0) return undefined;
  const end = back[limit];
  return end ? markerOf(sort, placeOf(end, sort)) : null;
};

/** `rows` may have one more than the page takes. */
const cut = <T extends Identified>(rows: readonly T[], { limit, sort = byId }: Page): Rows<T> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, more: rows.length > limit, end: last && markerOf(sort, placeOf(last, sort)) };
};

/**
 * Rows of one table in the order that the page asks for; a filter that is undefined filters nothing, null asks for what has no
 * value. Whatever is written meanwhile, a row whose value stays is on one page and no other. Table, columns and queries are put into
 * the SQL as they are: the caller's own words, never a client's. `validation-failed` for a marker of another list.
 */
export const pageOf = <T>(view: ReadView, table: string, filter: Filter, page: Page): Rows<T> => {
  const { limit, marker, sort = byId } = page;
  const list = new List(view, table, filter, sort);
  const position = marker === undefined ? undefined : list.position(marker);
  const found = cut(list.from(position, limit + 1), page) as unknown as Rows<T>;
  if (position === undefined) return found;
  return { ...found, previous: previousOf(list.backFrom(position, limit + 1), limit, sort) };
};

const compared = (a: Position, b: Position): number => {
  if (a.value !== b.value) {
    if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
    return a.value < b.value ? -1 : 1;
  }
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
};

/** The same of what is in memory already. */
export const pageAmong = <T extends Identified>(all: readonly T[], page: Page): Rows<T> => {
  const { limit, marker, sort = byId } = page;
  const way = sort.descending ? -1 : 1;
  const sorted = all.toSorted((a, b) => way * compared(placeOf(a, sort), placeOf(b, sort)));
  if (marker === undefined) return cut(sorted.slice(0, limit + 1), page);
  const known = sorted.find(({ id }) => id === marker);
  const position = positionOf(sort, marker) ?? (known && placeOf(known, sort));
  if (!position) throw refusedMarker('is not in this list any more: take the one of a link');
  const start = sorted.findIndex((row) => way * compared(placeOf(row, sort), position) > 0);
  const before = start < 0 ? sorted.length : start;
  const back = sorted.slice(Math.max(0, before - limit - 1), before).toReversed();
  return { ...cut(sorted.slice(before, before + limit + 1), page), previous: previousOf(back, limit, sort) };
};
