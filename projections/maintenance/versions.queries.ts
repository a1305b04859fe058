import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Turned,
  turnedSql,
  type Turning,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

/** Of each window what ended and what began at its cursor. */
export const turnedWindows = (view: ReadView, asked: readonly Turning[]): readonly (VersionRow & Turned)[] =>
  view.all(turnedSql('windows', ['id']), JSON.stringify(asked));
