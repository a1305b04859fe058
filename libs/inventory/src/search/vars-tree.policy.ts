/** A resource that variables may be on. Its own values come first, then its parents', then those of the place that it is in. */
export interface TreeNode {
  readonly id: string;
  /** The parent device, whose own values are inherited but not those of the place which the parent is in. */
  readonly parentId: string | null;
  /** The cell, region, cloud or project that it is in directly; that one's own values and places follow. */
  readonly placeId: string | null;
}

const none = -1;
/** Names are few when they are less than that part of the nodes: those are searched for one by one. */
const few = 8;
/** In the place of what is gone: nothing is named so. */
export const gone = '';

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

const longer = (numbers: Int32Array, length: number): Int32Array => {
  const grown = new Int32Array(Math.max(length, numbers.length + (numbers.length >> 2) + 64)).fill(none);
  grown.set(numbers);
  return grown;
};

/** Where an id stands in a sorted list. */
const search = (sorted: readonly string[], id: string): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === id ? low : none;
};

/** Numbers names as they come. */
class Places {
  readonly #known = new Map<string, number>();

  of(name: string | null): number {
    if (name === null) return none;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, this.#known.size);
    return this.#known.size - 1;
  }

  names(): readonly string[] {
    return [...this.#known.keys()];
  }
}

/** Who inherits from whom, laid out once for many searches; nodes are known by their number, which stays theirs. */
export class VarsTree {
  /** `gone` in the place of what was removed. */
  ids: string[];
  /** These two may be longer than there are nodes. */
  parent: Int32Array;
  place: Int32Array;
  /** Of the first nodes, as many as `#ordered` says; may be longer. */
  #order: Int32Array | undefined;
  #ordered = 0;
  #isSorted: boolean;
  /** Made when it first has to be: for a large fleet that takes longer than all the rest. Until then, what is sorted is searched. */
  #numbers: Map<string, number> | undefined;
  #searches = 0;

  /** Time and memory grow with the number of nodes. A parent or place that is not among the nodes has no values. */
  constructor(nodes: readonly TreeNode[]) {
    this.ids = nodes.map(({ id }) => id);
    this.#isSorted = this.ids.every((id, number) => number === 0 || (this.ids[number - 1] ?? '') < id);
    this.parent = new Int32Array(nodes.length);
    this.place = new Int32Array(nodes.length);
    const places = new Places();
    // Loops: this is done for whole fleets, and `Int32Array.from` takes ten times as long.
    for (const [number, { parentId, placeId }] of nodes.entries()) {
      this.parent[number] = places.of(parentId);
      this.place[number] = places.of(placeId);
    }
    const numbers = this.#numbersOf(places.names());
    for (const column of [this.parent, this.place]) {
      for (let node = 0; node < column.length; node++) column[node] = numbers[column[node] as number] ?? none;
    }
  }

  /** A tree of its own that is the same. */
  copy(): VarsTree {
    const copy = new VarsTree([]);
    copy.ids = [...this.ids];
    copy.parent = this.parent.slice();
    copy.place = this.place.slice();
    copy.#order = this.#order?.slice();
    copy.#ordered = this.#ordered;
    copy.#isSorted = this.#isSorted;
    copy.#numbers = this.#numbers && new Map(this.#numbers);
    return copy;
  }

  /** Undefined for who is not in the tree. */
  numberOf(id: string): number | undefined {
    if (this.#numbers || !this.#isSorted || this.#isSearchedMuch()) return this.#numbered().get(id);
    const number = search(this.ids, id);
    return number === none ? undefined : number;
  }

  /** Every node after its parent and its place. */
  get order(): Int32Array {
    const { length } = this.ids;
    if (!this.#order || !this.#extend(this.#order)) {
      this.#order = ordered(this.parent.subarray(0, length), this.place.subarray(0, length));
    }
    this.#ordered = length;
    return this.#order.subarray(0, length);
  }

  /** Nodes that are new or that may have moved. */
  put(nodes: readonly TreeNode[]): void {
    for (const { id } of nodes) if (this.numberOf(id) === undefined) this.#add(id);
    for (const node of nodes) this.#link(node);
  }

  remove(id: string): void {
    const number = this.numberOf(id);
    if (number === undefined) return;
    this.#numbered().delete(id);
    this.parent[number] = none;
    this.place[number] = none;
    this.ids[number] = gone;
  }

  /** A search takes as long as ten times a number is looked up, and numbering a node about as long as a search. */
  #isSearchedMuch(): boolean {
    this.#searches += 1;
    return this.#searches * few > this.ids.length;
  }

  #number(id: string | null): number {
    return id === null ? none : (this.numberOf(id) ?? none);
  }

  /** By search where few are asked for, as in a fleet of hosts. */
  #numbersOf(wanted: readonly string[]): Int32Array {
    const areFew = this.#isSorted && wanted.length * few < this.ids.length;
    return Int32Array.from(
      wanted,
      areFew ? (id) => search(this.ids, id) : (id) => this.#numbered().get(id) ?? none,
    );
  }

  #numbered(): Map<string, number> {
    this.#numbers ??= new Map(this.ids.map((id, number) => [id, number]));
    return this.#numbers;
  }

  #add(id: string): void {
    this.#numbered().set(id, this.ids.push(id) - 1);
    if (this.ids.length > this.parent.length) {
      this.parent = longer(this.parent, this.ids.length);
      this.place = longer(this.place, this.ids.length);
    }
  }

  /** New nodes stand behind all others, where that is not before one that they depend on. */
  #extend(order: Int32Array): boolean {
    const { length } = this.ids;
    const isLate = (node: number) => Math.max(this.parent[node] ?? none, this.place[node] ?? none) >= node;
    for (let node = this.#ordered; node < length; node++) if (isLate(node)) return false;
    if (length > order.length) this.#order = longer(order, length);
    for (let node = this.#ordered; node < length; node++) this.#order![node] = node;
    return true;
  }

  #link({ id, parentId, placeId }: TreeNode): void {
    const number = this.#number(id);
    const parent = this.#number(parentId);
    const place = this.#number(placeId);
    if (this.parent[number] === parent && this.place[number] === place) return;
    this.parent[number] = parent;
    this.place[number] = place;
    if (number < this.#ordered) this.#order = undefined;
  }
}

/** The tree of these nodes; to be searched in their order. */
export const plantTree = (nodes: readonly TreeNode[]): VarsTree => new VarsTree(nodes);
