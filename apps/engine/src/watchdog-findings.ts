import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import {
  type ClaimRow,
  MaintenanceQueries,
  type WindowRow,
} from '#projections/maintenance/maintenance.queries.js';
import { RunQueries, type UnfinishedRun } from '#projections/runs/runs.queries.js';

export interface Findings {
  readonly runs: readonly UnfinishedRun[];
  /** Windows whose time has come. */
  readonly due: readonly WindowRow[];
  /** Windows whose run is over, which they have not been told. */
  readonly deserted: readonly WindowRow[];
  readonly orphans: readonly ClaimRow[];
}

/** What is not over, by the read models. */
@Injectable()
export class WatchdogFindings {
  constructor(
    private readonly runs: RunQueries,
    private readonly maintenance: MaintenanceQueries,
  ) {}

  find(view: ReadView, now: number, orphanMs: number): Findings {
    const runs = this.runs.unfinished(view);
    const unfinished = new Set(runs.map(({ id }) => id));
    const working = this.maintenance.working(view);
    return {
      runs,
      due: this.maintenance.due(view, new Date(now).toISOString()),
      deserted: working.filter(({ run_id: runId }) => runId !== null && !unfinished.has(runId)),
      orphans: this.maintenance.orphanClaims(view, new Date(now - orphanMs).toISOString()),
    };
  }
}
