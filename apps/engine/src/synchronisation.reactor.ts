import { Injectable } from '@nestjs/common';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import {
  SynchronisationQueries,
  type SynchronisationRow,
} from '#projections/synchronisation/synchronisation.queries.js';
import { reasonOf } from './attempt.js';
import { EngineParts } from './engine-parts.js';
import { SynchronisationKeeper } from './synchronisation-keeper.js';

/** Each of them may read a whole region and the whole cloud. */
const atOnce = 4;

/** Has every region looked after whose time has come, by the read model: a few at once, each by itself. */
@Injectable()
export class SynchronisationReactor {
  private readonly underWay = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly readStore: ReadStore,
    private readonly queries: SynchronisationQueries,
    private readonly keeper: SynchronisationKeeper,
    private readonly parts: EngineParts,
  ) {}

  start(): void {
    this.walkSafely();
    if (this.parts.stopping.aborted) return;
    this.timer = setTimeout(() => this.start(), this.parts.settings.walkMs);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.underWay.values());
  }

  private walkSafely(): void {
    try {
      for (const row of this.found()) this.look(row);
    } catch (error) {
      this.parts.logger.warn(`regions are looked after again later: ${reasonOf(error)}`);
    }
  }

  private found(): readonly SynchronisationRow[] {
    const view = this.readStore.now();
    const due = this.queries.due(view, this.parts.clock.now().toISOString());
    return [...due, ...this.queries.running(view).filter(({ engine }) => this.keeper.isOrphan(engine))];
  }

  private look(row: SynchronisationRow): void {
    const { region_id: regionId } = row;
    if (this.underWay.has(regionId) || this.underWay.size >= atOnce) return;
    const work = this.attend(row).finally(() => this.underWay.delete(regionId));
    this.underWay.set(regionId, work);
  }

  private async attend(row: SynchronisationRow): Promise<void> {
    try {
      await this.keeper.attend(row);
    } catch (error) {
      this.parts.logger.warn(`region ${row.region_id} is looked after again later: ${reasonOf(error)}`);
    }
  }
}
