import { Injectable } from '@nestjs/common';
import { ToCloud, ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type HangingRegion, HangingQueries } from '#projections/inventory/hanging.queries.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { type Step, unconditionally } from '../http/commands.js';

/** Regions of a cloud, or clouds of a project. */
const mostAtOnce = 500;
const mostNamed = 10;

/** Steps with the names by which they are known again when the request is repeated. */
export interface NamedSteps {
  readonly steps: readonly Step[];
  readonly names: readonly string[];
}

const tooMany = (what: string): DomainError =>
  new DomainError('payload-too-large', `${what} has too much in it to go at once: remove it in parts`);

/**
 * Empties clouds region by region. What would keep one of them from going is looked for before the first step; whoever begins
 * maintenance or registers something in between may still end it half way, and the rest goes when it is asked for again.
 */
@Injectable()
export class Cascade {
  constructor(
    private readonly hanging: HangingQueries,
    private readonly inventory: InventoryQueries,
  ) {}

  /** Ends with the clouds closed and without regions. Refuses when a device is under maintenance, and what is too large. */
  emptying(view: ReadView, clouds: readonly { readonly id: string; readonly name: string }[]): NamedSteps {
    if (clouds.length > mostAtOnce) throw tooMany('the project');
    const found = clouds.map(({ id, name }) => ({ id, name, regions: this.hanging.regions(view, id) }));
    for (const { name, regions } of found) this.demandRemovable(view, name, regions);
    const emptied = found.flatMap(({ id, regions }) => [
      ...regions.map((region): [string, Step] => [
        `close region ${region.id}`,
        (metadata) =>
          new ToRegion(region.id, { type: 'CloseRegion', cascade: true }, unconditionally(metadata)),
      ]),
      this.closing(
        id,
        regions.map((region) => region.id),
      ),
    ]);
    return { names: emptied.map(([name]) => name), steps: emptied.map(([, step]) => step) };
  }

  /** The same for all clouds of a project, with their identifiers. */
  emptyingProject(view: ReadView, projectId: string): NamedSteps & { readonly clouds: readonly string[] } {
    const { rows } = this.inventory.clouds(view, { projectId }, { limit: mostAtOnce + 1 });
    return { clouds: rows.map(({ id }) => id), ...this.emptying(view, rows) };
  }

  private closing(cloudId: string, regions: readonly string[]): [string, Step] {
    const command = { type: 'CloseCloud', regions } as const;
    return [`close cloud ${cloudId}`, (metadata) => new ToCloud(cloudId, command, unconditionally(metadata))];
  }

  private demandRemovable(view: ReadView, cloud: string, regions: readonly HangingRegion[]): void {
    if (regions.length > mostAtOnce) throw tooMany(`cloud ${cloud}`);
    const claimed = regions
      .flatMap(({ id }) => this.hanging.claimed(view, id, mostNamed))
      .slice(0, mostNamed)
      .map(({ name, window_id }) => `${name} is under maintenance window ${window_id}`);
    if (claimed.length > 0) throw new DomainError('illegal-state', claimed.join(', '));
  }
}
