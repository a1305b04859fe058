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
  const found = new Map<string, Record<string, Json>>(owners.map((owner) => [owner, {}]));
  for (const { owner_id: owner, key, value } of queries.values(view, owners)) {
    const values = found.get(owner);
    if (values) values[key] = JSON.parse(value) as Json;
  }
  return found;
};
