import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Held, Span, VersionRow } from '#libs/platform/src/read-store/versions.js';
import { heldProjects } from '#projections/access/versions.queries.js';
import { heldPlaced } from '#projections/inventory/versions.queries.js';
import type { SubjectKind } from '#projections/history/history.queries.js';
import type { Exchange } from '../http/exchange.js';

export type ThingKind = Exclude<SubjectKind, 'user'>;
export type ThingVersion = VersionRow & Held;

/** Rows of these things as they were at either end of the span. */
export const heldThings = (
  view: ReadView,
  kind: ThingKind,
  values: readonly string[],
  span: Span,
): readonly ThingVersion[] =>
  kind === 'project' ? heldProjects(view, values, span) : heldPlaced(view, kind, { values, span });

const roots = ['project_id', 'cloud_id', 'region_id', 'cell_id', 'device_id'] as const;
export type Asked = { readonly [root in (typeof roots)[number]]?: string | undefined };

const kinds = {
  project_id: 'project',
  cloud_id: 'cloud',
  region_id: 'region',
  cell_id: 'cell',
  device_id: 'device',
} as const;

/** No tree is deeper. */
const deepest = 32;

/** Part of the fleet, as it was at either end of a span. */
export interface Subtree {
  readonly holds: (kind: ThingKind, row: ThingVersion) => boolean;
  /** Everything that may be in it, where that is little; undefined where the log is to be asked what was changed. */
  readonly things?: readonly (readonly [ThingKind, string])[];
}

const idsOf = (rows: readonly VersionRow[]): string[] => [...new Set(rows.map(({ id }) => id))].toSorted();

const under = (view: ReadView, deviceId: string, span: Span): readonly string[] => {
  const all = new Set([deviceId]);
  let level: readonly string[] = [deviceId];
  for (let depth = 0; level.length > 0 && depth < deepest; depth += 1) {
    const rows = heldPlaced(view, 'device', { column: 'parent_id', values: level, span });
    level = idsOf(rows).filter((id) => !all.has(id));
    for (const id of level) all.add(id);
  }
  return [...all];
};

const ofDevice = (view: ReadView, deviceId: string, span: Span): Subtree => {
  const devices = under(view, deviceId, span);
  const ports = idsOf(heldPlaced(view, 'network-interface', { column: 'device_id', values: devices, span }));
  return {
    holds: () => true,
    things: [
      ...devices.toSorted().map((id) => ['device', id] as const),
      ...ports.map((id) => ['network-interface', id] as const),
    ],
  };
};

/** An interface is where its device is. */
const ofCell = (view: ReadView, cellId: string, span: Span): Subtree => {
  const isIn = (row: VersionRow) => row['cell_id'] === cellId;
  return {
    holds: (kind, row) => {
      if (kind === 'cell') return row.id === cellId;
      if (kind !== 'network-interface') return isIn(row);
      return heldThings(view, 'device', [String(row['device_id'])], span).some(isIn);
    },
  };
};

const ofCloud = (view: ReadView, cloudId: string, span: Span): Subtree => {
  const regions = new Set(idsOf(heldPlaced(view, 'region', { column: 'cloud_id', values: [cloudId], span })));
  return {
    holds: (kind, row) =>
      kind === 'cloud'
        ? row.id === cloudId
        : row['cloud_id'] === cloudId || regions.has(String(row['region_id'])),
  };
};

const of = (view: ReadView, root: keyof typeof kinds, id: string, span: Span): Subtree => {
  switch (root) {
    case 'project_id':
      return { holds: (_, row) => row['project_id'] === id };
    case 'cloud_id':
      return ofCloud(view, id, span);
    case 'region_id':
      return { holds: (kind, row) => (kind === 'region' ? row.id : row['region_id']) === id };
    case 'cell_id':
      return ofCell(view, id, span);
    case 'device_id':
      return ofDevice(view, id, span);
  }
};

/** The subtree that a query names, or all that the caller sees. `not-found` for what the caller does not see at either end. */
export const subtreeOf = (exchange: Exchange, view: ReadView, asked: Asked, span: Span): Subtree => {
  const { scope } = exchange;
  const isSeen = (row: VersionRow) => scope === undefined || row['project_id'] === scope;
  const [root, other] = roots.filter((name) => asked[name] !== undefined);
  if (other) {
    const message = `cannot be combined with ${root}: one of them names what is compared`;
    throw new DomainError('validation-failed', `${other} ${message}`, {
      violations: [{ member: other, message }],
    });
  }
  if (!root) return { holds: (_, row) => isSeen(row) };
  const id = asked[root] as string;
  const found = heldThings(view, kinds[root], [id], span).find(isSeen);
  exchange.visible(found as { readonly project_id: string } | undefined, kinds[root]);
  return of(view, root, id, span);
};
