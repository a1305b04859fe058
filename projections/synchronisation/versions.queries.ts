import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Turned,
  turnedSql,
  type Turning,
  turns,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

const table = 'synchronisation_settings';

/** The last cursors at which the setting of a region was changed, newest first; the first and the last are those of the region. */
export const settingTurns = (view: ReadView, regionId: string, limit: number): readonly string[] =>
  turns(view, table, regionId, limit);

/** Of the setting of each region what ended and what began at its cursor. */
export const turnedSettings = (view: ReadView, asked: readonly Turning[]): readonly (VersionRow & Turned)[] =>
  view.all(turnedSql(table, ['id']), JSON.stringify(asked));
