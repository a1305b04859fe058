import { type KeptValue, type KeptValues } from '#libs/inventory/src/revert-variables.policy.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Span } from '#libs/platform/src/read-store/versions.js';
import { labelVersions } from '#projections/inventory/versions.queries.js';
import { heldVariables, type VariableVersion } from '#projections/variables/versions.queries.js';
import { type Members, membersOf } from './members.js';
import { heldThings, type ThingKind } from './subtree.js';

export const keptOf = ({ nature, value, hidden }: VariableVersion): KeptValue => ({
  nature,
  text: hidden ?? value,
});

/** What things and their variables are, and what becomes of them while changes are taken back one after the other. */
export class Present {
  private readonly things = new Map<string, Members>();
  private readonly variables = new Map<string, KeptValues>();

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
    for (const [id, rows] of Map.groupBy(heldVariables(view, ids, now), ({ owner_id }) => owner_id))
      this.variables.set(id, new Map(rows.map((row) => [row.key, keptOf(row)])));
  }

  /** Null for what is not there. */
  of(id: string): Members | null {
    return this.things.get(id) ?? null;
  }

  become(id: string, members: Members | null): void {
    if (members) this.things.set(id, members);
    else this.things.delete(id);
  }

  variablesOf(id: string): KeptValues {
    return this.variables.get(id) ?? new Map<string, KeptValue>();
  }

  haveVariables(id: string, values: KeptValues): void {
    this.variables.set(id, values);
  }
}
