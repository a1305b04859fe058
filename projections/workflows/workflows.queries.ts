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

export interface WorkflowFilter {
  readonly projectId?: string | undefined;
  readonly name?: string | undefined;
  readonly retired?: boolean | undefined;
}

@Injectable()
export class WorkflowQueries {
  workflow(view: ReadView, id: string): WorkflowRow | undefined {
    return view.get('SELECT * FROM workflows WHERE id = ?', id);
  }

  workflows(view: ReadView, { projectId, name, retired }: WorkflowFilter, page: Page): Rows<WorkflowRow> {
    const isRetired = retired === undefined ? undefined : Number(retired);
    return pageOf(view, 'workflows', { project_id: projectId, name, retired: isRetired }, page);
  }
}
