import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Nature } from '#libs/kernel/src/masks.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import { wholeOf } from '#libs/platform/src/read-store/whole.js';

/** The value as JSON text; of one that is not plain, its mask. */
export interface ValueRow {
  readonly owner_id: string;
  readonly key: string;
  readonly value: string;
}

/** Some variables: the owner of each, and at the same index its key and its value as JSON text. */
export interface OwnedValues {
  readonly ownerIds: readonly string[];
  readonly keys: readonly string[];
  /** Null for one that is not plain. */
  readonly values: readonly (string | null)[];
}

/** `value` is null for one that is not plain. */
export interface SearchableRow {
  readonly owner_id: string;
  readonly key: string;
  readonly value: string | null;
}

/** All of an owner's own variables as the text of one JSON object. */
export interface ObjectRow {
  readonly owner_id: string;
  readonly variables: string;
}

/** A variable whose value is not kept as it is. */
export interface HiddenRow {
  readonly owner_id: string;
  readonly key: string;
  readonly nature: Exclude<Nature, 'plain'>;
  /** As JSON text: what is sealed, or where the value is looked up. Nothing to be shown. */
  readonly hidden: string;
}

/** A JSON Schema that an owner has for a key. */
export interface SchemaRow {
  readonly owner_id: string;
  readonly key: string;
  /** As JSON text. */
  readonly schema: string;
  readonly event_id: string;
  readonly actor: string;
  readonly changed_at: string;
  readonly reason: string | null;
}

export interface VariableRow extends ValueRow {
  readonly nature: Nature;
  /** Of the owner's variables, when this one was set. */
  readonly revision: number;
}

/** How a variable came to be what it is. */
export interface VariableChange {
  readonly event_id: string;
  /** Username of who set it. */
  readonly actor: string;
  readonly changed_at: string;
  readonly reason: string | null;
}

/** How many owners one statement asks for at most: a host with the longest chain that is in use fits. */
const ownersAtOnce = 16;

// One statement for each number of owners, so that every one of them stays prepared.
const selects = (
  columns: string,
  order = 'ORDER BY owner_id, key',
  only = '',
  table = 'variables',
): readonly string[] =>
  Array.from({ length: ownersAtOnce + 1 }, (_, count) => {
    const places = Array.from({ length: count }, () => '?').join(', ');
    return `SELECT ${columns} FROM ${table} WHERE owner_id IN (${places}) ${only} ${order}`;
  });

const ownSql = selects('owner_id, key, value, nature, revision');
const valuesSql = selects('owner_id, key, value');
const hiddenSql = selects('owner_id, key, nature, hidden', undefined, 'AND hidden IS NOT NULL');
const schemasSql = selects(
  'owner_id, key, schema, event_id, actor, changed_at, reason',
  undefined,
  '',
  'variable_schemas',
);
/** Of the past the rows of an owner come in no order, and the members of an object are in that of its rows. */
const objectsSql = selects('owner_id, key, value').map(
  (ordered) => `SELECT owner_id, json_group_object(key, json(value)) AS variables
    FROM (${ordered}) GROUP BY owner_id ORDER BY owner_id`,
);

/** Of one search: more would hold up, or bring down, who searches and everybody else. */
const mostText = 256 * 1024 * 1024;

const everybodysOf = (keys: readonly string[]) => ({
  table: 'variables',
  key: ['owner_id', 'key'] as const,
  members: { text: "iif(nature = 'plain', value, NULL)" },
  where: `+key IN (${keys.map(() => '?').join(', ')})`,
  values: keys,
});

const tooLong = (keys: readonly string[]): DomainError => {
  const message = `the values under ${keys.join(', ')} are too long to be searched`;
  return new DomainError('validation-failed', message, { violations: [{ member: 'vars', message }] });
};

const ask = <T>(view: ReadView, sql: readonly string[], owners: readonly string[]): readonly T[] => {
  if (owners.length <= ownersAtOnce)
    return owners.length === 0 ? [] : view.all(sql[owners.length]!, ...owners);
  return [
    ...ask<T>(view, sql, owners.slice(0, ownersAtOnce)),
    ...ask<T>(view, sql, owners.slice(ownersAtOnce)),
  ];
};

@Injectable()
export class VariablesQueries {
  /** The own variables of these owners, by owner and key. */
  own(view: ReadView, ownerIds: readonly string[]): readonly VariableRow[] {
    return ask(view, ownSql, ownerIds);
  }

  /** How each of these came about, in their order. */
  changesOf(
    view: ReadView,
    rows: readonly Pick<VariableRow, 'owner_id' | 'revision'>[],
  ): readonly VariableChange[] {
    const asked = new Map(
      rows.map(({ owner_id, revision }) => [`${owner_id} ${revision}`, [owner_id, revision]]),
    );
    const sql = `SELECT c.owner_id || ' ' || c.revision AS asked, event_id, actor, changed_at, reason
      FROM json_each(?) AS one JOIN variable_changes AS c
      ON c.owner_id = one.value ->> 0 AND c.revision = one.value ->> 1`;
    const found = view.all<VariableChange & { readonly asked: string }>(
      sql,
      JSON.stringify([...asked.values()]),
    );
    const known = new Map(found.map(({ asked: place, ...change }) => [place, change]));
    return rows.map(({ owner_id, revision }) => known.get(`${owner_id} ${revision}`) as VariableChange);
  }

  /** As `own`, the values only: for who wants to know them fast. */
  values(view: ReadView, ownerIds: readonly string[]): readonly ValueRow[] {
    return ask(view, valuesSql, ownerIds);
  }

  /** Those of their own variables that are not plain. */
  hidden(view: ReadView, ownerIds: readonly string[]): readonly HiddenRow[] {
    return ask(view, hiddenSql, ownerIds);
  }

  /** The own schemas of these owners, by owner and key. */
  schemas(view: ReadView, ownerIds: readonly string[]): readonly SchemaRow[] {
    return ask(view, schemasSql, ownerIds);
  }

  allSchemas(view: ReadView): readonly SchemaRow[] {
    return view.all(
      'SELECT owner_id, key, schema, event_id, actor, changed_at, reason FROM variable_schemas ORDER BY owner_id, key',
    );
  }

  /** Whether anybody has a schema. */
  hasSchemas(view: ReadView): boolean {
    return view.get('SELECT 1 FROM variable_schemas LIMIT 1') !== undefined;
  }

  /** As `values`, in the order of keys, put together here: a third of the time when an owner has many. Owners without variables are left out. */
  objects(view: ReadView, ownerIds: readonly string[]): readonly ObjectRow[] {
    return ask(view, objectsSql, ownerIds);
  }

  /**
   * Every owner's own values under these keys: at present in the order of owners, of the past in none. Time grows with all variables there
   * are and, of the past, with what was set since: an index by key would cost each write a fifth more. `validation-failed` for values
   * that would not fit into memory.
   */
  *everybodys(view: ReadView, keys: readonly string[]): Iterable<OwnedValues> {
    let length = 0;
    for (const { owner_id, key, text } of wholeOf(view, everybodysOf(keys))) {
      const values = text as readonly (string | null)[];
      for (const value of values) length += value?.length ?? 0;
      if (length > mostText) throw tooLong(keys);
      yield { ownerIds: owner_id as readonly string[], keys: key as readonly string[], values };
    }
  }

  /** The same for some owners; in no order. */
  searchable(view: ReadView, ownerIds: readonly string[], keys: readonly string[]): readonly SearchableRow[] {
    const sql = `SELECT owner_id, key, iif(nature = 'plain', value, NULL) AS value FROM variables
      WHERE owner_id IN (SELECT value FROM json_each(?)) AND key IN (SELECT value FROM json_each(?))`;
    return view.all(sql, JSON.stringify(ownerIds), JSON.stringify(keys));
  }

  /** Every key under which one of these owners has a variable or a schema, once. */
  keysOf(view: ReadView, ownerIds: readonly string[]): readonly string[] {
    const own = (table: string) =>
      `SELECT key FROM ${table} WHERE owner_id IN (SELECT value FROM json_each(?1))`;
    return view
      .all<{ key: string }>(
        `${own('variables')} UNION ${own('variable_schemas')} ORDER BY key`,
        JSON.stringify(ownerIds),
      )
      .map(({ key }) => key);
  }

  /** Undefined for an owner that never had a variable. */
  ownerRevision(view: ReadView, ownerId: string): number | undefined {
    const row = view.get<{ revision: number | null }>(
      `SELECT max(revision) AS revision FROM (
         SELECT max(revision) AS revision FROM variables WHERE owner_id = ?
         UNION ALL SELECT revision FROM variable_owners WHERE owner_id = ?)`,
      ownerId,
      ownerId,
    );
    return row?.revision ?? undefined;
  }
}
