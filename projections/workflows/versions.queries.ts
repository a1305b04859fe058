import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type Turned,
  turnedSql,
  type Turning,
  type VersionRow,
} from '#libs/platform/src/read-store/versions.js';

/** Of each workflow what ended and what began at its cursor. */
export const turnedWorkflows = (
  view: ReadView,
  asked: readonly Turning[],
): readonly (VersionRow & Turned)[] => view.all(turnedSql('workflows', ['id']), JSON.stringify(asked));
