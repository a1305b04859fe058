import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  changedSql,
  type Held,
  heldSql,
  type Span,
  type Turned,
  turnedSql,
} from '#libs/platform/src/read-store/versions.js';

/** A value of the past or the present: as JSON text; of one that is not plain, its mask. */
export interface VariableVersion extends Held {
  readonly owner_id: string;
  readonly key: string;
  readonly value: string;
  readonly nature: 'plain' | 'secret' | 'bound';
  /** As JSON text: what is sealed, or where the value is looked up. Nothing to be shown. */
  readonly hidden: string | null;
}

export type TurningVariable = readonly [ownerId: string, key: string, at: string];

/** Of each variable what ended and what began at its cursor. */
export const turnedVariables = (
  view: ReadView,
  asked: readonly TurningVariable[],
): readonly (VariableVersion & Turned)[] =>
  view.all(turnedSql('variables', ['owner_id', 'key']), JSON.stringify(asked));

/** What an owner lost at a cursor: all of it, when that removed the owner. */
export const lostVariables = (view: ReadView, ownerId: string, at: string): readonly VariableVersion[] =>
  view.all('SELECT * FROM variables_versions WHERE owner_id = ? AND valid_to = ? ORDER BY key', ownerId, at);

/** A schema is told as a plain value is: `value` is its text. */
const asValue = "owner_id, key, schema AS value, 'plain' AS nature, NULL AS hidden, valid_from, valid_to";

/** Of each schema what ended and what began at its cursor. */
export const turnedSchemas = (
  view: ReadView,
  asked: readonly TurningVariable[],
): readonly (VariableVersion & Turned)[] => {
  const turned = turnedSql('variable_schemas', ['owner_id', 'key']);
  return view.all(`SELECT ${asValue}, at FROM (${turned})`, JSON.stringify(asked));
};

/** The schemas that an owner lost at a cursor: all of them, when that removed the owner. */
export const lostSchemas = (view: ReadView, ownerId: string, at: string): readonly VariableVersion[] => {
  const sql = `SELECT ${asValue} FROM variable_schemas_versions WHERE owner_id = ? AND valid_to = ? ORDER BY key`;
  return view.all(sql, ownerId, at);
};

/** What held of the schemas of these owners at one of two cursors. */
export const heldSchemas = (
  view: ReadView,
  ownerIds: readonly string[],
  [from, to]: Span,
): readonly VariableVersion[] => {
  const held = heldSql('variable_schemas', 'owner_id');
  return view.all(`SELECT ${asValue} FROM (${held})`, JSON.stringify(ownerIds), from, to);
};

/** What held of the variables of these owners at one of two cursors. */
export const heldVariables = (
  view: ReadView,
  ownerIds: readonly string[],
  [from, to]: Span,
): readonly VariableVersion[] =>
  view.all(heldSql('variables', 'owner_id'), JSON.stringify(ownerIds), from, to);

/** Those of these owners whose variables or schemas were changed after one cursor and not after another. */
export const changedOwners = (
  view: ReadView,
  ownerIds: readonly string[],
  [from, to]: Span,
): readonly string[] => {
  const sql = `${changedSql('variables', 'owner_id')} UNION ${changedSql('variable_schemas', 'owner_id')}`;
  return view.all<{ id: string }>(sql, JSON.stringify(ownerIds), from, to).map(({ id }) => id);
};

const turnAfter = (
  view: ReadView,
  table: 'variables' | 'variable_schemas',
  [ownerId, key, cursor]: TurningVariable,
): string | undefined => {
  const sql = `SELECT min(turn) AS turn FROM (
    SELECT min(valid_from) AS turn FROM ${table}_versions WHERE owner_id = ?1 AND key = ?2 AND valid_from > ?3
    UNION ALL
    SELECT min(valid_to) FROM ${table}_versions WHERE owner_id = ?1 AND key = ?2 AND valid_to > ?3)`;
  return view.get<{ turn: string | null }>(sql, ownerId, key, cursor)?.turn ?? undefined;
};

/** Where a variable was set or removed first after a cursor; undefined where it was not. */
export const variableTurnAfter = (view: ReadView, asked: TurningVariable): string | undefined =>
  turnAfter(view, 'variables', asked);

/** Where a schema was attached or detached first after a cursor; undefined where it was not. */
export const schemaTurnAfter = (view: ReadView, asked: TurningVariable): string | undefined =>
  turnAfter(view, 'variable_schemas', asked);
