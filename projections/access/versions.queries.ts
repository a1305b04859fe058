import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  changedSql,
  comingSql,
  type Held,
  heldSql,
  type Span,
  type Turned,
  turnedSql,
  type Turning,
  turns,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

const tables = { project: 'projects', user: 'users' } as const;

export type AccessKind = keyof typeof tables;

/** What belongs to a project or user and is told with it. */
const belongings = {
  project: comingSql('users', 'project_id'),
  user: comingSql('api_keys', 'user_id'),
} as const;

/** The last cursors at which a project or user was changed, newest first. */
export const accessTurns = (view: ReadView, kind: AccessKind, id: string, limit: number): readonly string[] =>
  turns(view, tables[kind], id, limit);

/** The last cursors at which users of a project, or keys of a user, came or went, newest first. */
export const belongingTurns = (
  view: ReadView,
  kind: AccessKind,
  id: string,
  limit: number,
): readonly string[] => view.all<{ readonly at: string }>(belongings[kind], id, limit).map(({ at }) => at);

/** Of each project or user what ended and what began at its cursor. */
export const turnedAccess = (
  view: ReadView,
  kind: AccessKind,
  asked: readonly Turning[],
): readonly (VersionRow & Turned)[] => view.all(turnedSql(tables[kind], ['id']), JSON.stringify(asked));

/** What held of these projects at one of two cursors; `project_id` is their own. */
export const heldProjects = (
  view: ReadView,
  ids: readonly string[],
  [from, to]: Span,
): readonly (VersionRow & Held)[] =>
  view
    .all<VersionRow & Held>(heldSql('projects', 'id'), JSON.stringify(ids), from, to)
    .map((row) => ({ ...row, project_id: row.id }));

/** Those of these projects that were changed after one cursor and not after another. */
export const changedProjects = (
  view: ReadView,
  ids: readonly string[],
  [from, to]: Span,
): readonly string[] =>
  view.all<{ id: string }>(changedSql('projects', 'id'), JSON.stringify(ids), from, to).map(({ id }) => id);

/** The versions of a project that began after a cursor, in their order. */
export const projectAfter = (
  view: ReadView,
  id: string,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
): readonly (VersionRow & Held)[] => {
  const sql = 'SELECT * FROM projects_versions WHERE id = ? AND valid_from > ? ORDER BY valid_from LIMIT ?';
  return view.all(sql, id, cursor, limit);
};
