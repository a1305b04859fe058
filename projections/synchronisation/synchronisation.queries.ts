import { Injectable } from '@nestjs/common';
import { type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface SynchronisationRow {
  readonly region_id: string;
  readonly project_id: string;
  /** Null, as all of the setting: there is no schedule. */
  readonly every_seconds: number | null;
  readonly cloud_id: string | null;
  readonly register: 0 | 1 | null;
  readonly cell_id: string | null;
  readonly device_type: string | null;
  readonly labels: 0 | 1 | null;
  readonly retire: 0 | 1 | null;
  /** JSON of the actor. */
  readonly scheduled_by: string | null;
  /** When somebody has to look after the region: the next one is due, or the one under way has had its time. */
  readonly next_at: string | null;
  readonly sync_id: string | null;
  readonly cause: 'schedule' | 'request' | null;
  readonly engine: string | null;
  readonly started_at: string | null;
  readonly deadline: string | null;
  readonly ended_at: string | null;
  /** Null: there never was one. */
  readonly outcome: 'running' | 'completed' | 'failed' | null;
  readonly reason: string | null;
  /** Of the last one that was completed, as are the counts. */
  readonly made_at: string | null;
  readonly hosts: number | null;
  readonly registered: number | null;
  readonly labelled: number | null;
  readonly retired: number | null;
  readonly drift: number | null;
  readonly omitted: number | null;
  /** Of the setting; -1: there never was one. */
  readonly revision: number;
}

export interface HostServiceRow {
  readonly id: string;
  readonly region_id: string;
  readonly name: string;
  readonly device_id: string | null;
  readonly up: 0 | 1;
  readonly enabled: 0 | 1;
  readonly disabled_reason: string | null;
  readonly zone: string | null;
  /** JSON list. */
  readonly aggregates: string | null;
  readonly since: string;
}

export interface DriftRow {
  readonly region_id: string;
  readonly name: string;
  readonly kind: 'unregistered' | 'unknown' | 'different';
  /** Empty where both do not have the host. */
  readonly member: string;
  readonly device_id: string | null;
  /** JSON. */
  readonly registered: string;
  readonly discovered: string;
  readonly detail: string | null;
  readonly since: string;
}

export interface HostServiceFilter {
  readonly name?: string | undefined;
  readonly up?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  readonly zone?: string | undefined;
}

const batch = 20;

const rows = `SELECT s.*, every_seconds, cloud_id, register, cell_id, device_type, labels, retire, scheduled_by, revision
  FROM synchronisations s JOIN synchronisation_settings t ON t.id = s.region_id`;

const flag = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));

@Injectable()
export class SynchronisationQueries {
  /** Undefined for a region that there is not. */
  synchronisation(view: ReadView, regionId: string): SynchronisationRow | undefined {
    return view.get(`${rows} WHERE region_id = ?`, regionId);
  }

  /** By name of the host; what only one of both has comes before what differs. */
  drift(view: ReadView, regionId: string): readonly DriftRow[] {
    return view.all('SELECT * FROM drift WHERE region_id = ? ORDER BY name, kind DESC, member', regionId);
  }

  services(view: ReadView, regionId: string, filter: HostServiceFilter, page: Page): Rows<HostServiceRow> {
    const { name, up, enabled, zone } = filter;
    const columns = { region_id: regionId, name, up: flag(up), enabled: flag(enabled), zone };
    return pageOf(view, 'host_services', columns, page);
  }

  /** Regions that somebody has to look after. */
  due(view: ReadView, now: string): readonly SynchronisationRow[] {
    return view.all(`${rows} WHERE next_at <= ? ORDER BY next_at LIMIT ?`, now, batch);
  }

  /** What is under way. */
  running(view: ReadView): readonly SynchronisationRow[] {
    return view.all(`${rows} WHERE outcome = 'running'`);
  }
}
