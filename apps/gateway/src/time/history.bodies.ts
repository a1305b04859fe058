import { AnyObject, Identifier, Instant, Name, Nullable, Optional, Whole } from '../http/fields.js';
import { AsOfQuery, Fields } from '../http/query.js';

export class HistoryQuery extends AsOfQuery {
  @Whole(1, 200)
  readonly limit: number = 30;

  @Optional()
  @Fields()
  readonly fields?: string;
}

/** One event of the log. */
export class HistoryEntryBody {
  @Identifier()
  readonly event_id: string;

  @Instant()
  readonly recorded_at: string;

  @Name()
  readonly cursor: string;

  @Name()
  readonly type: string;

  @Name()
  readonly stream: string;

  @Whole(0, Number.MAX_SAFE_INTEGER)
  readonly revision: number;

  /** Username of who did it. */
  @Name()
  readonly actor: string;

  @Nullable()
  @Name(1000)
  readonly reason: string | null;

  /** The same for everything that one request set in motion. */
  @Identifier()
  readonly correlation_id: string;

  /** As it is in the log, but for what is secret or bound: `{"$secret": true}`, `{"$bound": true}`, and hashes, which are left out. */
  @AnyObject()
  readonly data: object;

  /** The members that it changed, as they were; null for what was not there before. */
  @Nullable()
  @AnyObject()
  readonly before: object | null;

  /** The same members, as they became; null for what is gone with it. */
  @Nullable()
  @AnyObject()
  readonly after: object | null;
}
