import type { Json } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { VariablesQueries } from '#projections/variables/variables.queries.js';

type Values = Readonly<Record<string, Json>>;

/** The own variables of each owner, none of them left out. */
export const ownVariables = (
  queries: VariablesQueries,
  view: ReadView,
  owners: readonly string[],
): ReadonlyMap<string, Values> => {
  const found = new Map<string, Values>(owners.map((owner) => [owner, {}]));
  for (const { owner_id: owner, variables } of queries.objects(view, owners)) {
    found.set(owner, JSON.parse(variables) as Values);
  }
  return found;
};
