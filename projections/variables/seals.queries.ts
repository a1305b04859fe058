import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

/** A secret. */
export interface SealedRow {
  readonly owner_id: string;
  readonly key: string;
  /** As JSON text: the seal. */
  readonly hidden: string;
}

/** Of the next so many variables, in the order of owners, those that are secrets; `end`: the last owner that was looked at. */
export interface Seals {
  readonly rows: readonly SealedRow[];
  readonly end: string;
}

/** Variables that are looked at without giving others a turn. */
const atOnce = 20_000;

const endSql = `SELECT max(owner_id) AS "end"
  FROM (SELECT owner_id FROM variables WHERE owner_id > ? ORDER BY owner_id LIMIT ${atOnce})`;
const sealsSql = `SELECT owner_id, key, hidden FROM variables
  WHERE owner_id > ? AND owner_id <= ? AND nature = 'secret' ORDER BY owner_id, key`;

/** Undefined when nobody behind this owner has variables; every owner's are together. */
export const sealsAfter = (view: ReadView, ownerId: string): Seals | undefined => {
  const end = view.get<{ end: string | null }>(endSql, ownerId)?.end ?? undefined;
  return end === undefined ? undefined : { rows: view.all(sealsSql, ownerId, end), end };
};
