import { Injectable } from '@nestjs/common';
import { type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface WorkflowRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string | null;
  /** JSON text of the step definitions. */
  readonly steps: string;
  /** JSON text. */
  readonly input_schema: string;
  /** 1: it can no longer be run. */
  readonly retired: 0 | 1;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

export type WorkflowName = Pick<WorkflowRow, 'id' | 'name'>;

export interface WorkflowFilter {
  readonly id?: string | undefined;
  readonly projectId?: string | undefined;
  readonly name?: string | undefined;
  readonly retired?: boolean | undefined;
}

@Injectable()
export class WorkflowQueries {
  workflow(view: ReadView, id: string): WorkflowRow | undefined {
    return view.get('SELECT * FROM workflows WHERE id = ?', id);
  }

  /** All of them, by id; their steps, which may be long, are not read. */
  names(view: ReadView, { projectId, id, name, retired }: WorkflowFilter): readonly WorkflowName[] {
    return view.all(
      `SELECT id, name FROM workflows WHERE (?1 IS NULL OR project_id = ?1) AND (?2 IS NULL OR id = ?2)
         AND (?3 IS NULL OR name = ?3) AND (?4 IS NULL OR retired = ?4) ORDER BY id`,
      ...[projectId, id, name, retired === undefined ? null : Number(retired)].map((value) => value ?? null),
    );
  }

  /** By id. */
  these(view: ReadView, ids: readonly string[]): ReadonlyMap<string, WorkflowRow> {
    const sql = 'SELECT * FROM workflows WHERE id IN (SELECT value FROM json_each(?))';
    return new Map(view.all<WorkflowRow>(sql, JSON.stringify(ids)).map((row) => [row.id, row]));
  }

  workflows(view: ReadView, { projectId, name, retired }: WorkflowFilter, page: Page): Rows<WorkflowRow> {
    const isRetired = retired === undefined ? undefined : Number(retired);
    return pageOf(view, 'workflows', { project_id: projectId, name, retired: isRetired }, page);
  }
}
