import type { Reverted } from '#libs/inventory/src/revert.policy.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { projectAfter } from '#projections/access/versions.queries.js';
import { placedAfter } from '#projections/inventory/versions.queries.js';
import { membersOf, same } from './members.js';
import { type Owned, ownedBy } from './owned.js';
import type { Obstacle } from './reversal.js';

const most = 1000;
const mostNamed = 20;

const obstacle = (what: string, later: string | undefined): Obstacle => ({
  code: 'illegal-state',
  message: `${what} was changed again since`,
  later,
});

/** Where members that are to be put back were changed again after the cursor. */
export const laterThan = (
  view: ReadView,
  cursor: string,
  { kind, id, after }: Reverted,
  members: readonly string[],
): Obstacle[] => {
  const asked = { cursor, limit: most };
  const versions = kind === 'project' ? projectAfter(view, id, asked) : placedAfter(view, kind, id, asked);
  return members.slice(0, mostNamed).map((member) => {
    const later = versions.find((row) => !same(membersOf(row)[member], after?.[member]));
    return obstacle(member, later?.valid_from);
  });
};

/** The same for variables of an owner, or schemas. */
export const laterOwned = (
  view: ReadView,
  owned: Owned,
  [cursor, ownerId]: readonly [cursor: string, ownerId: string],
  keys: readonly string[],
): Obstacle[] => {
  const { called, turnAfter } = ownedBy[owned];
  return keys
    .slice(0, mostNamed)
    .map((key) => obstacle(called(key), turnAfter(view, [ownerId, key, cursor])));
};
