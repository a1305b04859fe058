import type { Event, Recorded } from './event.js';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** A table of a read model. The read store adds the columns and the history that make it readable as of any past cursor. */
export interface Table {
  /** snake_case, unique over all projections. */
  readonly name: string;
  /** Column name to SQLite type with constraints, for example `TEXT NOT NULL`. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  readonly indexes?: readonly (readonly string[])[];
}

export type Write =
  /** Insert the row, or replace it whole. */
  | { readonly verb: 'put'; readonly table: string; readonly key: Row; readonly values: Row }
  /** Change some columns of a row; nothing happens when there is no such row. */
  | { readonly verb: 'patch'; readonly table: string; readonly key: Row; readonly values: Row }
  /** Remove every row that has these values; naming a part of the key removes several. */
  | { readonly verb: 'remove'; readonly table: string; readonly key: Row };

export const put = (table: string, key: Row, values: Row): Write => ({ verb: 'put', table, key, values });
export const patch = (table: string, key: Row, values: Row): Write => ({ verb: 'patch', table, key, values });
export const remove = (table: string, key: Row): Write => ({ verb: 'remove', table, key });

/** Pure: event to writes, no reads. The keys of `on` are the subscription filter. Raising `version` rebuilds the tables. */
export interface Projection<E extends Event = never> {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly Table[];
  readonly on: {
    readonly [T in E['type']]?: (event: Recorded<Extract<E, { type: T }>>) => readonly Write[];
  };
}

/** A projection of whatever events: how the read store holds them. */
export interface AnyProjection {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly Table[];
  // oxlint-disable-next-line typescript/no-explicit-any -- each handler knows its own event type
  readonly on: Readonly<Record<string, ((event: any) => readonly Write[]) | undefined>>;
}
