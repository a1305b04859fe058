import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface HangingRegion {
  readonly id: string;
  readonly name: string;
}

export interface ClaimedDevice {
  readonly name: string;
  readonly window_id: string;
}

// What is retired hangs on nothing but its region.
const hanging = [
  ['clouds', 'project_id'],
  ['regions', 'cloud_id'],
  ['cells', 'region_id'],
  ['networks', 'region_id'],
  ['devices', 'region_id'],
  ['networks', 'cell_id'],
  ['devices', 'cell_id', 'AND things.retired_at IS NULL'],
  ['devices', 'parent_id', 'AND things.retired_at IS NULL'],
  ['interfaces', 'device_id'],
  ['interfaces', 'network_id'],
] as const;

const hangingSql = `WITH RECURSIVE going(id) AS (
    SELECT value FROM json_each(?)
    ${hanging
      .map(
        ([table, on, more = '']) =>
          `UNION SELECT things.id FROM ${table} things JOIN going ON things.${on} = going.id ${more}`,
      )
      .join('\n')})
  SELECT id FROM going`;

/** What would go with a cloud. Time grows with the devices in it. */
@Injectable()
export class HangingQueries {
  regions(view: ReadView, cloudId: string): readonly HangingRegion[] {
    return view.all('SELECT id, name FROM regions WHERE cloud_id = ? ORDER BY id', cloudId);
  }

  /** These, whatever they are, and all that would go with them. */
  withAllThatHangs(view: ReadView, ids: readonly string[]): readonly string[] {
    return view.all<{ id: string }>(hangingSql, JSON.stringify(ids)).map(({ id }) => id);
  }

  /** The first devices of a region that are under maintenance. */
  claimed(view: ReadView, regionId: string, limit: number): readonly ClaimedDevice[] {
    const sql = `SELECT name, window_id FROM devices WHERE region_id = ? AND window_id IS NOT NULL ORDER BY id LIMIT ?`;
    return view.all(sql, regionId, limit);
  }
}
