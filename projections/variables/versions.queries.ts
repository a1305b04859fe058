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

/** What held of the variables of these owners at one of two cursors. */
export const heldVariables = (
  view: ReadView,
  ownerIds: readonly string[],
  [from, to]: Span,
): readonly VariableVersion[] =>
  view.all(heldSql('variables', 'owner_id'), JSON.stringify(ownerIds), from, to);

/** Those of these owners whose variables were changed after one cursor and not after another. */
export const changedOwners = (
  view: ReadView,
  ownerIds: readonly string[],
  [from, to]: Span,
): readonly string[] =>
  view
    .all<{ id: string }>(changedSql('variables', 'owner_id'), JSON.stringify(ownerIds), from, to)
    .map(({ id }) => id);

/** Where a variable was set or removed first after a cursor; undefined where it was not. */
export const variableTurnAfter = (
  view: ReadView,
  [ownerId, key, cursor]: TurningVariable,
): string | undefined => {
  const sql = `SELECT min(turn) AS turn FROM (
    SELECT min(valid_from) AS turn FROM variables_versions WHERE owner_id = ?1 AND key = ?2 AND valid_from > ?3
    UNION ALL
    SELECT min(valid_to) FROM variables_versions WHERE owner_id = ?1 AND key = ?2 AND valid_to > ?3)`;
  return view.get<{ turn: string | null }>(sql, ownerId, key, cursor)?.turn ?? undefined;
};
