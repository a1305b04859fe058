import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Turned, Turning, VersionRow } from '#libs/platform/src/read-store/versions.js';
import { accessTurns, belongingTurns, turnedAccess } from '#projections/access/versions.queries.js';
import { placedTurns, turnedPlaced } from '#projections/inventory/versions.queries.js';
import { turnedWindows } from '#projections/maintenance/versions.queries.js';
import { turnedRuns } from '#projections/runs/versions.queries.js';
import { settingTurns } from '#projections/synchronisation/versions.queries.js';
import { turnedWorkflows } from '#projections/workflows/versions.queries.js';
import type { RowKind } from './kinds.js';

/** Of each thing what ended and what began at its cursor, whichever read model knows it. */
export const turnedRows = (
  view: ReadView,
  kind: RowKind,
  asked: readonly Turning[],
): readonly (VersionRow & Turned)[] => {
  if (kind === 'project' || kind === 'user') return turnedAccess(view, kind, asked);
  if (kind === 'window') return turnedWindows(view, asked);
  if (kind === 'workflow') return turnedWorkflows(view, asked);
  return kind === 'run' ? turnedRuns(view, asked) : turnedPlaced(view, kind, asked);
};

/** Cursors at which something was changed, the last ones of it at least; none for what has a stream of its own, which says it better. */
export const rowTurns = (view: ReadView, kind: RowKind, id: string, limit: number): readonly string[] => {
  if (kind === 'project' || kind === 'user')
    return [...accessTurns(view, kind, id, limit), ...belongingTurns(view, kind, id, limit)];
  const hasStream = kind === 'window' || kind === 'workflow' || kind === 'run';
  if (hasStream) return [];
  const own = placedTurns(view, kind, id, limit);
  return kind === 'region' ? [...own, ...settingTurns(view, id, limit)] : own;
};
