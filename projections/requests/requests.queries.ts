import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export interface RequestRow {
  readonly fingerprint: string;
  /** Identifier of the resource that the request made or changed. */
  readonly subject: string;
  /** Of the last event that came of the request, in its stream and in the log. */
  readonly revision: number;
  readonly cursor: string;
}

@Injectable()
export class RequestsQueries {
  /** What became of the request that this user sent with this `Idempotency-Key`. */
  find(view: ReadView, userId: string, key: string): RequestRow | undefined {
    return view.get(
      'SELECT fingerprint, subject, revision, cursor FROM requests WHERE id = ?',
      `${userId} ${key}`,
    );
  }

  /** Where in the log the first append ended that came of it; undefined when none did. */
  began(view: ReadView, userId: string, key: string): string | undefined {
    const sql = 'SELECT valid_from FROM requests_versions WHERE id = ? ORDER BY valid_from LIMIT 1';
    return view.get<{ readonly valid_from: string }>(sql, `${userId} ${key}`)?.valid_from;
  }
}
