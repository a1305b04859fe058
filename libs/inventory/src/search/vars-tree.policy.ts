/** A resource that variables may be on. Its own values come first, then its parents', then those of the place that it is in. */
export interface TreeNode {
  readonly id: string;
  /** The parent device, whose own values are inherited but not those of the place which the parent is in. */
  readonly parentId: string | null;
  /** The cell, region, cloud or project that it is in directly; that one's own values and places follow. */
  readonly placeId: string | null;
}

const none = -1;

/** Who inherits from whom, laid out once for many searches; nodes are known by their number. */
export interface VarsTree {
  readonly ids: readonly string[];
  readonly numberOf: ReadonlyMap<string, number>;
  readonly parent: Int32Array;
  readonly place: Int32Array;
  /** Every node after its parent and its place. */
  readonly order: Int32Array;
}

/** Nodes after those they depend on; a circle, which the inventory never lets happen, is cut where it closes. */
const ordered = (parent: Int32Array, place: Int32Array): Int32Array => {
  const order = new Int32Array(parent.length);
  const entered = new Uint8Array(parent.length);
  const left = new Uint8Array(parent.length);
  let length = 0;
  const open: number[] = [];
  const enter = (node = none) => {
    if (node !== none && !entered[node]) open.push(node);
  };
  const leave = (node: number) => {
    open.pop();
    if (!left[node]) order[length++] = node;
    left[node] = 1;
  };
  for (let start = 0; start < parent.length; start++) {
    enter(start);
    for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
      if (entered[node]) {
        leave(node);
      } else {
        entered[node] = 1;
        enter(parent[node]);
        enter(place[node]);
      }
    }
  }
  return order;
};

/** Time and memory grow with the number of nodes. A parent or place that is not among the nodes has no values. */
export const plantTree = (nodes: readonly TreeNode[]): VarsTree => {
  const numberOf = new Map(nodes.map(({ id }, number) => [id, number]));
  const numbers = (of: (node: TreeNode) => string | null) =>
    Int32Array.from(nodes, (node) => numberOf.get(of(node) ?? '') ?? none);
  const parent = numbers((node) => node.parentId);
  const place = numbers((node) => node.placeId);
  const ids = nodes.map(({ id }) => id);
  return { ids, numberOf, parent, place, order: ordered(parent, place) };
};
