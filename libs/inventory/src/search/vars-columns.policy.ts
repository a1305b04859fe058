import type { Json } from '#libs/kernel/src/json.js';
import type { OwnVariable } from '../resolution.policy.js';
import type { VarsTree } from './vars-tree.policy.js';

/** A variable as the read model keeps it: its value is JSON text. */
export type StoredVariable = OwnVariable<string>;

const none = -1;
/** Values that a few nodes share are remembered by their text, so that they are one value. */
const mostRemembered = 5000;

/** Everybody's own values under one key. */
export class Column {
  /** Undefined is a value that no search may see: it is there, hides farther ones, and is like nothing. */
  readonly distinct: (Json | undefined)[] = [];
  /** By node: index of its value among the distinct ones, below 0 for none. */
  values: Int32Array;
  #known: Map<string, number> | undefined = new Map();

  constructor(nodes: number) {
    this.values = new Int32Array(nodes).fill(none);
  }

  /** The value as JSON text; null for one that no search may see. */
  set(node: number, text: string | null): void {
    if (node >= this.values.length) this.#grow(node + 1);
    this.values[node] = this.#numberOf(text);
  }

  clear(node: number): void {
    if (node < this.values.length) this.values[node] = none;
  }

  /** Whether it is mostly made of values that nobody has any more. */
  get isWorn(): boolean {
    return this.distinct.length > 2 * this.values.length + 1000;
  }

  #numberOf(text: string | null): number {
    const name = text ?? '';
    const known = this.#known?.get(name);
    if (known !== undefined) return known;
    const number = this.distinct.push(text === null ? undefined : (JSON.parse(text) as Json)) - 1;
    if (this.#known && this.#known.size >= mostRemembered) this.#known = undefined;
    this.#known?.set(name, number);
    return number;
  }

  #grow(length: number): void {
    const grown = new Int32Array(Math.max(length, this.values.length + (this.values.length >> 2) + 64)).fill(
      none,
    );
    grown.set(this.values);
    this.values = grown;
  }
}

export type VarsColumns = ReadonlyMap<string, Column>;

/**
 * Lays out variables that come in the order of their owners' identifiers. Where the tree was planted in that order they are found in
 * one walk along both; looking up each owner of a large fleet would take longer than reading the variables.
 */
export class ColumnsInOrder {
  readonly #columns = new Map<string, Column>();
  #node = 0;

  constructor(private readonly tree: VarsTree) {}

  /** The value as JSON text; null for one that no search may see. */
  add(ownerId: string, key: string, value: string | null): void {
    const node = this.#find(ownerId);
    if (node === undefined) return;
    let column = this.#columns.get(key);
    if (!column) this.#columns.set(key, (column = new Column(this.tree.ids.length)));
    column.set(node, value);
  }

  done(): VarsColumns {
    return this.#columns;
  }

  #find(ownerId: string): number | undefined {
    const { ids } = this.tree;
    while ((ids[this.#node] ?? ownerId) < ownerId) this.#node += 1;
    // What came after the tree was planted may stand anywhere.
    return ids[this.#node] === ownerId ? this.#node : this.tree.numberOf(ownerId);
  }
}

const columnOf = (tree: VarsTree, variables: readonly StoredVariable[]): Column => {
  const column = new Column(tree.ids.length);
  for (const { ownerId, value } of variables) {
    const node = tree.numberOf(ownerId);
    if (node !== undefined) column.set(node, value);
  }
  return column;
};

/** Lays own variables out for many searches of one tree; a text that many owners share is parsed once, strangers are left out. */
export const columnsOf = (tree: VarsTree, own: readonly StoredVariable[]): VarsColumns =>
  new Map(
    [...Map.groupBy(own, ({ key }) => key)].map(([key, variables]) => [key, columnOf(tree, variables)]),
  );
