import { type Combination, Combinations } from './combinations.policy.js';
import type { VarsColumns } from './vars-columns.policy.js';
import type { VarsQuery } from './vars-query.policy.js';
import { gone, type VarsTree } from './vars-tree.policy.js';

/** Whether a resource also has the values that it inherits. */
export type Scope = 'resolved' | 'own';

const inherit = (tree: VarsTree, combinations: Combinations, own: readonly Combination[]): Combination[] => {
  const line = [...own];
  const resolved = [...own];
  const behind = (near: Combination, of: readonly Combination[], node: number | undefined) =>
    node === undefined || node < 0 ? near : combinations.inFront(near, of[node] ?? combinations.none);
  for (const node of tree.order) {
    const near = behind(own[node] ?? combinations.none, line, tree.parent[node]);
    line[node] = near;
    resolved[node] = behind(near, resolved, tree.place[node]);
  }
  return resolved;
};

/** What every node's own variables are to the query. */
const ownCombinations = (
  { keys }: VarsQuery,
  { ids }: VarsTree,
  combinations: Combinations,
  columns: VarsColumns,
): Combination[] => {
  const own = ids.map(() => combinations.none);
  for (const key of keys) {
    const column = columns.get(key);
    if (!column) continue;
    const alone = column.distinct.map((value) =>
      value === undefined ? combinations.hidden(key) : combinations.alone(key, value),
    );
    own.forEach((far, node) => {
      const near = alone[column.values[node] ?? -1];
      if (near) own[node] = combinations.inFront(near, far);
    });
  }
  return own;
};

/**
 * Identifiers of the nodes whose variables satisfy the query, in the order in which they were planted. `columns` must hold
 * all own variables under the query's keys and may hold others. Each different value is tested once and each different
 * combination of outcomes evaluated once: time grows with nodes plus variables, whatever the number of conditions.
 */
export const searchTree = (
  query: VarsQuery,
  tree: VarsTree,
  columns: VarsColumns,
  scope: Scope = 'resolved',
): string[] => {
  const combinations = new Combinations(query);
  const own = ownCombinations(query, tree, combinations, columns);
  const effective = scope === 'own' ? own : inherit(tree, combinations, own);
  return tree.ids.filter((id, node) => effective[node]?.matches && id !== gone);
};
