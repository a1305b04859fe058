import { Column, ColumnsInOrder } from '#libs/inventory/src/search/vars-columns.policy.js';
import type { VarsQuery } from '#libs/inventory/src/search/vars-query.policy.js';
import { searchTree, type Scope } from '#libs/inventory/src/search/vars-search.policy.js';
import { plantTree, type TreeNode, type VarsTree } from '#libs/inventory/src/search/vars-tree.policy.js';
import type { ReadView, Touched } from '#libs/platform/src/read-store/read-store.js';
import type { AccessQueries } from '#projections/access/access.queries.js';
import { type FleetQueries, type PlacedTable, placedTables } from '#projections/inventory/fleet.queries.js';
import type { VariablesQueries } from '#projections/variables/variables.queries.js';

export interface SnapshotSources {
  readonly fleet: FleetQueries;
  readonly access: AccessQueries;
  readonly variables: VariablesQueries;
}

const mostColumns = 32;

/** Tables of which a snapshot holds something. */
export const heldTables = ['projects', ...placedTables, 'variables'] as const;

const project = (id: string): TreeNode => ({ id, parentId: null, placeId: null });

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Whose variables were written under which of some keys. */
class Owners {
  readonly keysOf = new Map<string, Set<string>>();

  constructor(private readonly keys: readonly string[]) {}

  /** Without a key: all of them. */
  add(ownerId: string, key: string | undefined): void {
    if (key !== undefined && !this.keys.includes(key)) return;
    const known = this.keysOf.get(ownerId) ?? new Set();
    for (const one of key === undefined ? this.keys : [key]) known.add(one);
    this.keysOf.set(ownerId, known);
  }
}

/** So many differences are followed in any fleet, and in a large one an eighth of what is in it: more are not read sooner one by one. */
const fewAnywhere = 64;

const plant = ({ fleet, access }: SnapshotSources, view: ReadView): VarsTree => {
  const nodes = [...access.projectIds(view).map(project), ...fleet.placed(view)];
  return plantTree(nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
};

/** The fleet as it was at one moment, and, where it is told what was written since, as it is at another. */
export class FleetSnapshot {
  private readonly columns = new Map<string, Column>();

  private constructor(
    private readonly sources: SnapshotSources,
    private readonly tree: VarsTree,
  ) {}

  /** Time grows with the fleet. */
  static of(sources: SnapshotSources, view: ReadView): FleetSnapshot {
    return new FleetSnapshot(sources, plant(sources, view));
  }

  /** The fleet as the view of the past shows it, from this one, which is of the present: mostly they have one tree. */
  at(view: ReadView): FleetSnapshot {
    const { fleet, access } = this.sources;
    const most = Math.max(fewAnywhere, this.tree.ids.length >> 3);
    const projects = access.projectsSince(view, most);
    const placed = projects && fleet.placedSince(view, most);
    if (!placed) return FleetSnapshot.of(this.sources, view);
    const snapshot = new FleetSnapshot(this.sources, this.tree.copy());
    snapshot.followNodes(view, new Map([...placed, ['projects', new Set(projects)]]));
    return snapshot;
  }

  /** Identifiers of what satisfies the query; keys that nobody asked for before are read from the view, which must be of the moment. */
  search(view: ReadView, query: VarsQuery, scope: Scope): readonly string[] {
    this.read(
      view,
      query.keys.filter((key) => this.columns.get(key)?.isWorn !== false),
    );
    for (const key of query.keys) this.touch(key);
    const found = searchTree(query, this.tree, this.columns, scope);
    this.forgetOldest();
    return found;
  }

  /** Takes over what was written. False when that is more than it can follow: then a new one has to be made. */
  follow(view: ReadView, touched: readonly Touched[]): boolean {
    const nodes = new Map<string, Set<string>>();
    const owners = new Owners([...this.columns.keys()]);
    for (const { table, key } of touched) {
      const id = textOf(table === 'variables' ? key['owner_id'] : key['id']);
      if (id === undefined) return false;
      if (table === 'variables') owners.add(id, textOf(key['key']));
      else nodes.set(table, (nodes.get(table) ?? new Set()).add(id));
    }
    this.followNodes(view, nodes);
    this.followVariables(view, owners.keysOf);
    return true;
  }

  private followNodes(view: ReadView, touched: ReadonlyMap<string, ReadonlySet<string>>): void {
    const { fleet, access } = this.sources;
    const projects = [...(touched.get('projects') ?? [])];
    const found = projects.filter((id) => access.project(view, id)).map(project);
    const asked = [...projects];
    for (const table of placedTables) {
      const ids = this.idsOf(view, table, touched);
      if (ids.length === 0) continue;
      asked.push(...ids);
      found.push(...fleet.placedOf(view, table, ids));
    }
    const there = new Set(found.map(({ id }) => id));
    for (const id of asked) if (!there.has(id)) this.tree.remove(id);
    this.tree.put(found);
  }

  private idsOf(
    view: ReadView,
    table: PlacedTable,
    touched: ReadonlyMap<string, ReadonlySet<string>>,
  ): readonly string[] {
    const own = [...(touched.get(table) ?? [])];
    const devices = table === 'interfaces' ? [...(touched.get('device_places') ?? [])] : [];
    return devices.length === 0 ? own : [...own, ...this.sources.fleet.interfacesOf(view, devices)];
  }

  private followVariables(view: ReadView, touched: ReadonlyMap<string, ReadonlySet<string>>): void {
    if (touched.size === 0) return;
    const keys = [...new Set([...touched.values()].flatMap((some) => [...some]))];
    for (const [ownerId, some] of touched) for (const key of some) this.column(key, ownerId)?.clear();
    for (const { owner_id, key, value } of this.sources.variables.searchable(
      view,
      [...touched.keys()],
      keys,
    )) {
      this.column(key, owner_id)?.set(value);
    }
  }

  /** One owner's place in a column. */
  private column(key: string, ownerId: string) {
    const node = this.tree.numberOf(ownerId);
    const column = this.columns.get(key);
    if (node === undefined || !column) return undefined;
    return { clear: () => column.clear(node), set: (value: string | null) => column.set(node, value) };
  }

  private read(view: ReadView, keys: readonly string[]): void {
    if (keys.length === 0) return;
    const columns = new ColumnsInOrder(this.tree);
    for (const chunk of this.sources.variables.everybodys(view, keys)) {
      chunk.ownerIds.forEach((ownerId, index) =>
        columns.add(ownerId, chunk.keys[index] ?? '', chunk.values[index] ?? null),
      );
    }
    const found = columns.done();
    for (const key of keys) this.columns.set(key, found.get(key) ?? new Column(0));
  }

  /** Last in the order of the map: what was asked for last is forgotten last. */
  private touch(key: string): void {
    const column = this.columns.get(key)!;
    this.columns.delete(key);
    this.columns.set(key, column);
  }

  private forgetOldest(): void {
    for (const key of this.columns.keys()) {
      if (this.columns.size <= mostColumns) return;
      this.columns.delete(key);
    }
  }
}
