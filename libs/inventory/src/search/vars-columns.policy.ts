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

/** One column in the making. */
class ColumnDraft implements Column {
  readonly nodes: number[] = [];
  readonly values: number[] = [];
  readonly distinct: Json[] = [];
  readonly #known = new Map<string, number>();

  add(node: number, value: string): void {
    const number = this.#known.get(value) ?? this.distinct.push(JSON.parse(value) as Json) - 1;
    this.#known.set(value, number);
    this.nodes.push(node);
    this.values.push(number);
  }

  done(): Column {
    const { nodes, values, distinct } = this;
    return { nodes, values, distinct };
  }
}

/**
 * Lays out variables that come in the order of their owners' identifiers, for a tree that was planted in that order: in one walk
 * along both, without looking up an owner, which for a large fleet would take longer than reading the variables.
 */
export class ColumnsInOrder {
  readonly #drafts = new Map<string, ColumnDraft>();
  #node = 0;

  constructor(private readonly tree: VarsTree) {}

  add(ownerId: string, key: string, value: string): void {
    const { ids } = this.tree;
    while ((ids[this.#node] ?? ownerId) < ownerId) this.#node += 1;
    if (ids[this.#node] !== ownerId) return;
    let draft = this.#drafts.get(key);
    if (!draft) this.#drafts.set(key, (draft = new ColumnDraft()));
    draft.add(this.#node, value);
  }

  done(): VarsColumns {
    return new Map([...this.#drafts].map(([key, draft]) => [key, draft.done()]));
  }
}

const columnOf = (tree: VarsTree, variables: readonly StoredVariable[]): Column => {
  const draft = new ColumnDraft();
  for (const { ownerId, value } of variables) {
    const node = tree.numberOf.get(ownerId);
    if (node !== undefined) draft.add(node, value);
  }
  return draft.done();
};

/** Lays own variables out for many searches of one tree; a text that many owners share is parsed once, strangers are left out. */
export const columnsOf = (tree: VarsTree, own: readonly StoredVariable[]): VarsColumns =>
  new Map(
    [...Map.groupBy(own, ({ key }) => key)].map(([key, variables]) => [key, columnOf(tree, variables)]),
  );
