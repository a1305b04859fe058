import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

@Injectable()
export class HistoryQueries {
  /** Revisions of the last events about a device in its region's stream, newest first. */
  ofDevice(view: ReadView, deviceId: string, limit: number): readonly number[] {
    const sql = 'SELECT revision FROM device_events WHERE device_id = ? ORDER BY revision DESC LIMIT ?';
    return view.all<{ revision: number }>(sql, deviceId, limit).map(({ revision }) => revision);
  }
}
