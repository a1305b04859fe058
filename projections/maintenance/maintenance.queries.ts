import { Injectable } from '@nestjs/common';
import { type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface WindowRow {
  readonly id: string;
  readonly project_id: string;
  readonly host_id: string;
  readonly region_id: string;
  readonly host_name: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly status: 'scheduled' | 'open' | 'overrun' | 'closed' | 'cancelled';
  readonly note: string | null;
  /** The last run that worked on the host; it still does while `outcome` is null. */
  readonly run_id: string | null;
  readonly outcome: 'done' | 'restored' | 'held' | null;
  readonly detail: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

export interface WindowFilter {
  readonly projectId?: string | undefined;
  readonly hostId?: string | undefined;
  readonly regionId?: string | undefined;
  readonly status?: string | undefined;
}

export interface ClaimRow {
  readonly device_id: string;
  readonly region_id: string;
  readonly window_id: string;
  readonly project_id: string;
}

const batch = 200;

@Injectable()
export class MaintenanceQueries {
  window(view: ReadView, id: string): WindowRow | undefined {
    return view.get('SELECT * FROM windows WHERE id = ?', id);
  }

  windows(view: ReadView, filter: WindowFilter, page: Page): Rows<WindowRow> {
    const { projectId, hostId, regionId, status } = filter;
    const columns = { project_id: projectId, host_id: hostId, region_id: regionId, status };
    return pageOf(view, 'windows', columns, page);
  }

  /** The windows on a host to which something happened last. */
  lastOf(view: ReadView, hostId: string, limit: number): readonly Pick<WindowRow, 'id' | 'revision'>[] {
    return view.all(
      `SELECT id, revision FROM windows WHERE host_id = ?
       ORDER BY coalesce(updated_at, created_at) DESC, id DESC LIMIT ?`,
      hostId,
      limit,
    );
  }

  /** Windows whose time has come: to be opened, or to be ended. */
  due(view: ReadView, now: string): readonly WindowRow[] {
    return view.all(
      `SELECT * FROM windows
       WHERE (status = 'scheduled' AND starts_at <= ?) OR (status = 'open' AND ends_at <= ?)
       ORDER BY starts_at LIMIT ?`,
      now,
      now,
      batch,
    );
  }

  /** Windows in which a run works on the host. */
  working(view: ReadView): readonly WindowRow[] {
    return view.all(
      `SELECT * FROM windows
       WHERE status IN ('open', 'overrun') AND run_id IS NOT NULL AND outcome IS NULL`,
    );
  }

  /** Claims made before that time whose window is over since then or was never written. */
  orphanClaims(view: ReadView, before: string): readonly ClaimRow[] {
    return view.all(
      `SELECT claims.device_id, claims.region_id, claims.window_id, claims.project_id
       FROM claims LEFT JOIN windows ON windows.id = claims.window_id
       WHERE claims.claimed_at < ?
         AND (windows.id IS NULL OR (windows.status IN ('closed', 'cancelled') AND windows.updated_at < ?))
       LIMIT ?`,
      before,
      before,
      batch,
    );
  }
}
