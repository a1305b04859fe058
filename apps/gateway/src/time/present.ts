import type { KeptValue, KeptValues } from '#libs/inventory/src/revert-variables.policy.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Span } from '#libs/platform/src/read-store/versions.js';
import { labelVersions } from '#projections/inventory/versions.queries.js';
import type { VariableVersion } from '#projections/variables/versions.queries.js';
import { type Members, membersOf } from './members.js';
import { allOwned, type Owned, ownedBy } from './owned.js';
import { heldThings, type ThingKind } from './subtree.js';

export const keptOf = ({ nature, value, hidden }: VariableVersion): KeptValue => ({
  nature,
  text: hidden ?? value,
});

/** What things, their variables and their schemas are, and what becomes of them while changes are taken back one after the other. */
export class Present {
  private readonly things = new Map<string, Members>();
  private readonly owned: Readonly<Record<Owned, Map<string, KeptValues>>> = {
    variables: new Map(),
    schemas: new Map(),
  };

  constructor(view: ReadView, subjects: readonly (readonly [ThingKind, string])[]) {
    const now: Span = [view.cursor ?? '', view.cursor ?? ''];
    const ids = [...new Set(subjects.map(([, id]) => id))];
    const labels = Map.groupBy(labelVersions(view, ids, now), ({ device_id }) => device_id);
    for (const [kind, some] of Map.groupBy(subjects, ([one]) => one)) {
      const those = [...new Set(some.map(([, id]) => id))];
      for (const row of heldThings(view, kind, those, now)) {
        const own = (labels.get(row.id) ?? []).filter(({ valid_to }) => valid_to === null);
        this.things.set(row.id, { ...membersOf(row), labels: own.map(({ label }) => label) });
      }
    }
    for (const owned of allOwned)
      for (const [id, rows] of Map.groupBy(ownedBy[owned].held(view, ids, now), ({ owner_id }) => owner_id))
        this.have(owned, id, new Map(rows.map((row) => [row.key, keptOf(row)])));
  }

  /** Null for what is not there. */
  of(id: string): Members | null {
    return this.things.get(id) ?? null;
  }

  become(id: string, members: Members | null): void {
    if (members) this.things.set(id, members);
    else this.things.delete(id);
  }

  owns(owned: Owned, id: string): KeptValues {
    return this.owned[owned].get(id) ?? new Map<string, KeptValue>();
  }

  have(owned: Owned, id: string, values: KeptValues): void {
    this.owned[owned].set(id, values);
  }
}
