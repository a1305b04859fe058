import { Injectable } from '@nestjs/common';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

export type SubjectKind =
  'project' | 'user' | 'cloud' | 'region' | 'cell' | 'device' | 'network' | 'network-interface';

/** Where in the log an event lies, and what of the inventory, or which user, it is about: nothing where kind is null. */
export interface LogEntryRow {
  readonly cursor: Cursor;
  readonly correlation_id: string | null;
  readonly stream: string;
  readonly revision: number;
  readonly kind: SubjectKind | null;
  readonly subject_id: string | null;
}

const subject = `CASE WHEN kind IS NOT NULL THEN coalesce(subject_id, substr(stream, instr(stream, '-') + 1)) END`;
const columns = `cursor, correlation_id, stream, revision, kind, ${subject} AS subject_id`;

@Injectable()
export class HistoryQueries {
  /** In log order. */
  at(view: ReadView, cursors: readonly string[]): readonly LogEntryRow[] {
    const sql = `SELECT ${columns} FROM log_entries WHERE cursor IN (SELECT value FROM json_each(?)) ORDER BY cursor`;
    return view.all(sql, JSON.stringify(cursors));
  }

  /** Those that may be the event: more than one only by an accident of numbers. */
  byEvent(view: ReadView, eventId: string): readonly LogEntryRow[] {
    const sql = `SELECT ${columns} FROM log_entries WHERE id_start = substr(?, 1, 18) ORDER BY cursor LIMIT 10`;
    return view.all(sql, eventId);
  }

  /** The last ones before a cursor, or of all, in log order. What a synchronisation notes beside the changes that it makes is none of them. */
  byCorrelation(
    view: ReadView,
    correlationId: string,
    { before, limit }: { readonly before?: string | undefined; readonly limit: number },
  ): readonly LogEntryRow[] {
    const isBefore = before === undefined ? '' : 'AND cursor < ?3';
    const sql = `SELECT ${columns} FROM log_entries
      WHERE correlation_id = ?1 AND stream NOT GLOB 'synchronisation-*' ${isBefore} ORDER BY cursor DESC LIMIT ?2`;
    const given = before === undefined ? [] : [before];
    return view.all<LogEntryRow>(sql, correlationId, limit, ...given).toReversed();
  }

  /** The last one before a cursor; undefined when it is the first. */
  before(view: ReadView, cursor: string): Cursor | undefined {
    const sql = 'SELECT cursor FROM log_entries WHERE cursor < ? ORDER BY cursor DESC LIMIT 1';
    return view.get<{ readonly cursor: Cursor }>(sql, cursor)?.cursor;
  }

  /** What happened to the inventory after one cursor and up to another, in log order. */
  between(view: ReadView, after: string, upTo: string, limit: number): readonly LogEntryRow[] {
    const sql = `SELECT ${columns} FROM log_entries WHERE cursor > ? AND cursor <= ? ORDER BY cursor LIMIT ?`;
    return view.all(sql, after, upTo, limit);
  }
}
