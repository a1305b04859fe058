import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { parseVarsQuery } from '#libs/inventory/src/search/vars-query.js';
import { ReadStore, type ReadView, type Watch } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { FleetQueries } from '#projections/inventory/fleet.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { FleetSnapshot, type SnapshotSources, heldTables } from './fleet-snapshot.js';

/** What a list is asked for by variables. */
export interface VarsAsked {
  readonly vars?: string | undefined;
  readonly 'resolved-values'?: boolean;
}

interface Kept {
  readonly cursor: ReadView['cursor'];
  readonly snapshot: FleetSnapshot;
}

/**
 * Searches by variables. Keeps the fleet of the present, which it lets follow what is written: a write costs the next search what it
 * wrote. Of the past it keeps the moment that was asked for last.
 */
@Injectable()
export class FleetIndex implements OnApplicationBootstrap {
  private readonly sources: SnapshotSources;
  private watch: Watch | undefined;
  private present: Kept | undefined;
  private past: Kept | undefined;

  constructor(
    fleet: FleetQueries,
    access: AccessQueries,
    variables: VariablesQueries,
    private readonly readStore: ReadStore,
  ) {
    this.sources = { fleet, access, variables };
  }

  /** Half of what a first search costs grows with the fleet alone: it is spent before anybody waits for it. */
  onApplicationBootstrap(): void {
    if (this.readStore.health().ok) this.ofPresent(this.readStore.now());
  }

  /**
   * Identifiers of whatever has such variables, of all kinds and projects; undefined when nothing is asked of variables.
   * `validation-failed` with the column for a query that cannot be read.
   */
  matching(view: ReadView, { vars, 'resolved-values': resolved }: VarsAsked): readonly string[] | undefined {
    if (vars === undefined) return undefined;
    const query = parseVarsQuery(vars);
    const { cursor } = view;
    const snapshot = cursor === this.readStore.cursor() ? this.ofPresent(view) : this.ofPast(view);
    return snapshot.search(view, query, resolved === false ? 'own' : 'resolved');
  }

  private ofPresent(view: ReadView): FleetSnapshot {
    const { cursor } = view;
    if (this.present?.cursor === cursor && this.present) return this.present.snapshot;
    this.watch ??= this.readStore.watch(heldTables);
    const touched = this.watch.take();
    let snapshot = this.present?.snapshot;
    // Whoever fails half way must not be taken for up to date.
    this.present = undefined;
    // The old one goes before there is a new one: both at once would be the most memory that a search takes.
    if (touched === undefined || snapshot?.follow(view, touched) !== true) snapshot = undefined;
    snapshot ??= FleetSnapshot.of(this.sources, view);
    this.present = { cursor, snapshot };
    return snapshot;
  }

  private ofPast(view: ReadView): FleetSnapshot {
    const { cursor } = view;
    if (this.past?.cursor !== cursor || !this.past) {
      this.past = undefined;
      this.past = { cursor, snapshot: this.ofPresent(this.readStore.now()).at(view) };
    }
    return this.past.snapshot;
  }
}
