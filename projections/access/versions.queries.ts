import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Turned,
  turnedSql,
  type Turning,
  turns,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

const tables = { project: 'projects', user: 'users' } as const;

export type AccessKind = keyof typeof tables;

/** The last cursors at which a project or user was changed, newest first. */
export const accessTurns = (view: ReadView, kind: AccessKind, id: string, limit: number): readonly string[] =>
  turns(view, tables[kind], id, limit);

/** Of each project or user what ended and what began at its cursor. */
export const turnedAccess = (
  view: ReadView,
  kind: AccessKind,
  asked: readonly Turning[],
): readonly (VersionRow & Turned)[] => view.all(turnedSql(tables[kind], ['id']), JSON.stringify(asked));
