import type { Json } from '#libs/kernel/src/json.js';
import type { OwnVariable } from '../resolution.policy.js';
import type { VarsTree } from './vars-tree.policy.js';

/** A variable as the read model keeps it: its value is JSON text. */
export type StoredVariable = OwnVariable<string>;

/** Everybody's own values under one key: the node `nodes[i]` has the value `distinct[values[i]]`. */
export interface Column {
  readonly nodes: readonly number[];
  readonly values: readonly number[];
  readonly distinct: readonly Json[];
}

export type VarsColumns = ReadonlyMap<string, Column>;

const columnOf = (tree: VarsTree, variables: readonly StoredVariable[]): Column => {
  const nodes: number[] = [];
  const values: number[] = [];
  const distinct: Json[] = [];
  const known = new Map<string, number>();
  for (const { ownerId, value } of variables) {
    const node = tree.numberOf.get(ownerId);
    if (node === undefined) continue;
    const number = known.get(value) ?? distinct.push(JSON.parse(value) as Json) - 1;
    known.set(value, number);
    nodes.push(node);
    values.push(number);
  }
  return { nodes, values, distinct };
};

/** Lays own variables out for many searches of one tree; a text that many owners share is parsed once, strangers are left out. */
export const columnsOf = (tree: VarsTree, own: readonly StoredVariable[]): VarsColumns =>
  new Map(
    [...Map.groupBy(own, ({ key }) => key)].map(([key, variables]) => [key, columnOf(tree, variables)]),
  );
