import { Injectable } from '@nestjs/common';
import { type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface RunRow {
  readonly id: string;
  readonly project_id: string;
  readonly workflow_id: string;
  readonly workflow: string;
  readonly host_id: string | null;
  readonly host_name: string | null;
  readonly window_id: string | null;
  /** JSON text, with defaults. */
  readonly input: string;
  readonly status: 'running' | 'turning-back' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'held';
  readonly reason: string | null;
  readonly started_at: string;
  readonly deadline: string;
  readonly finished_at: string | null;
  readonly revision: number;
}

export interface RunStepRow {
  readonly run_id: string;
  readonly step: string;
  /** Index of the element of `each`; null for a step without it. */
  readonly item: number | null;
  readonly phase: 'step' | 'otherwise' | 'compensation';
  readonly attempt: number;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly plugin: string;
  readonly engine: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly deadline: string;
  /** JSON text. */
  readonly output: string | null;
  readonly reason: string | null;
  /** When a failed attempt is followed by another. */
  readonly retry_at: string | null;
  readonly revision: number;
}

export interface RunFilter {
  readonly projectId?: string | undefined;
  readonly workflowId?: string | undefined;
  /** Its name. */
  readonly workflow?: string | undefined;
  readonly hostId?: string | undefined;
  readonly windowId?: string | undefined;
  readonly status?: string | undefined;
}

/** Revision of a run: that of the last event about it or about one of its steps. */
const revision = `max(runs.revision, coalesce((SELECT max(last_revision) FROM run_steps WHERE run_id = runs.id), 0))`;

export type UnfinishedRun = Pick<RunRow, 'id' | 'project_id' | 'status' | 'deadline' | 'window_id'>;

@Injectable()
export class RunQueries {
  run(view: ReadView, id: string): RunRow | undefined {
    const row = view.get<RunRow>('SELECT * FROM runs WHERE id = ?', id);
    return row && this.withRevision(view, row);
  }

  runs(view: ReadView, filter: RunFilter, page: Page): Rows<RunRow> {
    const { projectId, workflowId, workflow, hostId, windowId, status } = filter;
    const columns = {
      project_id: projectId,
      workflow_id: workflowId,
      workflow,
      host_id: hostId,
      window_id: windowId,
      status,
    };
    const found = pageOf<RunRow>(view, 'runs', columns, page);
    return { ...found, rows: found.rows.map((row) => this.withRevision(view, row)) };
  }

  /** Every attempt of a run in the order in which they were begun. */
  steps(view: ReadView, runId: string): readonly RunStepRow[] {
    return view.all(
      `SELECT run_id, step, nullif(item, -1) AS item, phase, attempt, status, plugin, engine, started_at, ended_at,
              deadline, output, reason, retry_at, revision
       FROM run_steps WHERE run_id = ? ORDER BY revision`,
      runId,
    );
  }

  /** The runs about a host to which something happened last: those that are not over, then the others by their end. */
  lastOf(view: ReadView, hostId: string, limit: number): readonly Pick<RunRow, 'id' | 'revision'>[] {
    return view.all(
      `SELECT id, ${revision} AS revision FROM runs WHERE host_id = ?
       ORDER BY finished_at IS NOT NULL, finished_at DESC, id DESC LIMIT ?`,
      hostId,
      limit,
    );
  }

  /** Runs that are not over. */
  unfinished(view: ReadView): readonly UnfinishedRun[] {
    return view.all(
      `SELECT id, project_id, status, deadline, window_id FROM runs
       WHERE status IN ('running', 'turning-back')`,
    );
  }

  private withRevision(view: ReadView, row: RunRow): RunRow {
    const moved = view.get<Pick<RunRow, 'revision'>>(
      `SELECT ${revision} AS revision FROM runs WHERE id = ?`,
      row.id,
    );
    return { ...row, revision: moved?.revision ?? row.revision };
  }
}
