import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { MaintenanceQueries } from '#projections/maintenance/maintenance.queries.js';
import { RunQueries } from '#projections/runs/runs.queries.js';
import { WorkflowQueries } from '#projections/workflows/workflows.queries.js';
import type { Place } from './log-reader.js';

/** Something with a stream of its own, and the last revision there. */
export interface WorkRow {
  readonly id: string;
  readonly project_id: string;
  readonly revision: number;
}

export type WorkKind = 'window' | 'workflow' | 'run';

/** Maintenance windows, workflows and runs, each of which is a stream. */
@Injectable()
export class WorkSubjects {
  constructor(
    private readonly maintenance: MaintenanceQueries,
    private readonly workflows: WorkflowQueries,
    private readonly runs: RunQueries,
  ) {}

  find(view: ReadView, kind: WorkKind, id: string): WorkRow | undefined {
    switch (kind) {
      case 'window':
        return this.maintenance.window(view, id);
      case 'workflow':
        return this.workflows.workflow(view, id);
      case 'run':
        return this.runs.run(view, id);
    }
  }

  /** The ends of the streams of the windows and runs of a host to which something happened last. */
  ofHost(view: ReadView, hostId: string, limit: number): readonly Place[] {
    const windows = this.maintenance.lastOf(view, hostId, limit);
    const runs = this.runs.lastOf(view, hostId, limit);
    return [
      ...windows.map(({ id, revision }) => ({ stream: `window-${id}`, revision })),
      ...runs.map(({ id, revision }) => ({ stream: `run-${id}`, revision })),
    ];
  }
}
