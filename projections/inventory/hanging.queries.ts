import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface HangingRegion {
  readonly id: string;
  readonly name: string;
  /** Cells, networks, devices in service and their interfaces. */
  readonly things: number;
}

export interface ClaimedDevice {
  readonly name: string;
  readonly window_id: string;
}

/** What would go with a cloud. Time grows with the devices in it. */
@Injectable()
export class HangingQueries {
  regions(view: ReadView, cloudId: string): readonly HangingRegion[] {
    const counted = (table: string, more = '') =>
      `(SELECT count(*) FROM ${table} WHERE ${table}.region_id = regions.id ${more})`;
    const inService = 'AND retired_at IS NULL';
    const sql = `SELECT id, name, ${counted('cells')} + ${counted('networks')} + ${counted('devices', inService)} +
        (SELECT count(*) FROM interfaces JOIN devices ON devices.id = interfaces.device_id
         WHERE interfaces.region_id = regions.id AND devices.retired_at IS NULL) AS things
      FROM regions WHERE cloud_id = ? ORDER BY id`;
    return view.all(sql, cloudId);
  }

  /** The first devices of a region that are under maintenance. */
  claimed(view: ReadView, regionId: string, limit: number): readonly ClaimedDevice[] {
    const sql = `SELECT name, window_id FROM devices WHERE region_id = ? AND window_id IS NOT NULL ORDER BY id LIMIT ?`;
    return view.all(sql, regionId, limit);
  }
}
