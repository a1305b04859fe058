import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Turned,
  turnedSql,
  type Turning,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

/** Of each run what ended and what began at its cursor. */
export const turnedRuns = (view: ReadView, asked: readonly Turning[]): readonly (VersionRow & Turned)[] =>
  view.all(turnedSql('runs', ['id']), JSON.stringify(asked));
