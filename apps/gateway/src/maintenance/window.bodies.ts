import { RecordBody } from '../http/bodies.js';
import { Identifier, Instant, Name, Note, Nullable, OneOf, Optional } from '../http/fields.js';
import { PageQuery, SortKeys } from '../http/query.js';

const statuses = ['scheduled', 'open', 'overrun', 'closed', 'cancelled'] as const;
const outcomes = ['done', 'restored', 'held'] as const;

export class NewWindow {
  @Identifier()
  readonly host_id: string;

  /** Now, when it is left out; a window whose time has come opens at once. */
  @Optional()
  @Instant()
  readonly starts_at?: string;

  @Instant()
  readonly ends_at: string;

  @Optional()
  @Note()
  readonly note?: string | null;
}

export class WindowQuery extends PageQuery {
  @Optional()
  @SortKeys('host_id', 'status')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly host_id?: string;

  @Optional()
  @Identifier()
  readonly region_id?: string;

  @Optional()
  @OneOf(statuses)
  readonly status?: string;
}

export class WindowBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Identifier()
  readonly host_id: string;

  @Name()
  readonly host_name: string;

  @Identifier()
  readonly region_id: string;

  @Instant()
  readonly starts_at: string;

  @Instant()
  readonly ends_at: string;

  @OneOf(statuses)
  readonly status: string;

  @Note()
  readonly note: string | null;

  /** The last run that worked on the host; it still does while `outcome` is null. */
  @Nullable()
  @Identifier()
  readonly run_id: string | null;

  @Nullable()
  @OneOf(outcomes)
  readonly outcome: string | null;

  /** Why the outcome is what it is, or why the window was closed. */
  @Note()
  readonly detail: string | null;
}
