import { Injectable } from '@nestjs/common';
import { type Column, ColumnsInOrder } from '#libs/inventory/src/search/vars-columns.policy.js';
import { parseVarsQuery } from '#libs/inventory/src/search/vars-query.js';
import type { VarsQuery } from '#libs/inventory/src/search/vars-query.policy.js';
import { searchTree, type Scope } from '#libs/inventory/src/search/vars-search.policy.js';
import { plantTree, type VarsTree } from '#libs/inventory/src/search/vars-tree.policy.js';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { FleetQueries } from '#projections/inventory/fleet.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';

/** What a list is asked for by variables. */
export interface VarsAsked {
  readonly vars?: string | undefined;
  readonly 'resolved-values'?: boolean;
}

const mostColumns = 32;
const nothing: Column = { nodes: [], values: [], distinct: [] };

/** The fleet at one cursor. */
class Snapshot {
  private readonly columns = new Map<string, Column>();

  constructor(
    private readonly tree: VarsTree,
    private readonly variables: VariablesQueries,
  ) {}

  search(view: ReadView, query: VarsQuery, scope: Scope): readonly string[] {
    this.read(
      view,
      query.keys.filter((key) => !this.columns.has(key)),
    );
    for (const key of query.keys) this.touch(key);
    const found = searchTree(query, this.tree, this.columns, scope);
    this.forgetOldest();
    return found;
  }

  private read(view: ReadView, keys: readonly string[]): void {
    if (keys.length === 0) return;
    const columns = new ColumnsInOrder(this.tree);
    for (const chunk of this.variables.everybodys(view, keys)) {
      chunk.ownerIds.forEach((ownerId, index) =>
        columns.add(ownerId, chunk.keys[index] ?? '', chunk.values[index] ?? ''),
      );
    }
    const found = columns.done();
    for (const key of keys) this.columns.set(key, found.get(key) ?? nothing);
  }

  /** Last in the order of the map: what was asked for last is forgotten last. */
  private touch(key: string): void {
    const column = this.columns.get(key) ?? nothing;
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

interface Kept {
  readonly cursor: ReadView['cursor'];
  readonly snapshot: Snapshot;
}

/**
 * Searches by variables. Keeps the tree of the fleet and the columns of the keys that were asked for last, as long as nothing
 * changes; and the same of the moment of the past that was asked for last.
 */
@Injectable()
export class FleetIndex {
  private present: Kept | undefined;
  private past: Kept | undefined;

  constructor(
    private readonly fleet: FleetQueries,
    private readonly access: AccessQueries,
    private readonly variables: VariablesQueries,
    private readonly readStore: ReadStore,
  ) {}

  /**
   * Identifiers of whatever has such variables, of all kinds and projects; undefined when nothing is asked of variables.
   * `validation-failed` with the column for a query that cannot be read.
   */
  matching(view: ReadView, { vars, 'resolved-values': resolved }: VarsAsked): readonly string[] | undefined {
    if (vars === undefined) return undefined;
    const query = parseVarsQuery(vars);
    return this.snapshot(view).search(view, query, resolved === false ? 'own' : 'resolved');
  }

  private snapshot(view: ReadView): Snapshot {
    const isPresent = view.cursor === this.readStore.cursor();
    const kept = isPresent ? this.present : this.past;
    if (kept && kept.cursor === view.cursor) return kept.snapshot;
    // The old one goes before there is a new one: both at once would be the most memory that a search takes.
    if (isPresent) this.present = undefined;
    else this.past = undefined;
    const snapshot = this.plant(view);
    if (isPresent) this.present = { cursor: view.cursor, snapshot };
    else this.past = { cursor: view.cursor, snapshot };
    return snapshot;
  }

  private plant(view: ReadView): Snapshot {
    const projects = this.access.projectIds(view).map((id) => ({ id, parentId: null, placeId: null }));
    const nodes = [...projects, ...this.fleet.placed(view)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return new Snapshot(plantTree(nodes), this.variables);
  }
}
