import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import {
  AnyObject,
  Identifier,
  Instant,
  ListOf,
  Name,
  Note,
  Nullable,
  OneOf,
  Optional,
  Whole,
} from '../http/fields.js';
import { PageQuery, SortKeys } from '../http/query.js';
import { AnyJson } from './workflow.fields.js';

const statuses = ['running', 'turning_back', 'succeeded', 'failed', 'cancelled', 'expired', 'held'] as const;

export class NewRun {
  /** Name or id. */
  @Name()
  readonly workflow: string;

  /** Must be open; its host is what the run is about. */
  @Optional()
  @Identifier()
  readonly window_id?: string;

  /** For a workflow that needs a window, the one that is open on this host is taken. */
  @Optional()
  @Identifier()
  readonly host_id?: string;

  @Optional()
  @AnyObject()
  readonly input?: JsonObject;

  /** A run that is not over by then turns back. By default what the workflow says, else a day. */
  @Optional()
  @Whole(1, 604_800)
  readonly ttl_seconds?: number;
}

export class RunQuery extends PageQuery {
  @Optional()
  @SortKeys('status', 'host_id', 'window_id')
  override readonly sort_keys?: string;

  /** Name or id. */
  @Optional()
  @Name()
  readonly workflow?: string;

  @Optional()
  @Identifier()
  readonly host_id?: string;

  @Optional()
  @Identifier()
  readonly window_id?: string;

  @Optional()
  @OneOf(statuses)
  readonly status?: string;
}

/** One attempt. */
export class RunStepBody {
  @Name(63)
  readonly step: string;

  /** Index of the element, for a step that is done for each of a list. */
  @Nullable()
  @Whole(0, 1000)
  readonly item: number | null;

  @OneOf(['step', 'otherwise', 'compensation'])
  readonly phase: string;

  @Whole(1, 20)
  readonly attempt: number;

  @OneOf(['started', 'succeeded', 'failed'])
  readonly status: string;

  @Name()
  readonly plugin: string;

  @Instant()
  readonly started_at: string;

  @Nullable()
  @Instant()
  readonly ended_at: string | null;

  @AnyJson()
  readonly output: Json;

  @Note()
  readonly reason: string | null;
}

export class RunBody {
  @Identifier()
  readonly id: string;

  @Identifier()
  readonly project_id: string;

  @Name()
  readonly workflow: string;

  @Identifier()
  readonly workflow_id: string;

  @Nullable()
  @Identifier()
  readonly host_id: string | null;

  @Nullable()
  @Name()
  readonly host_name: string | null;

  @Nullable()
  @Identifier()
  readonly window_id: string | null;

  @AnyObject()
  readonly input: JsonObject;

  @OneOf(statuses)
  readonly status: string;

  /** Why it turned back, or ended as it did. */
  @Note()
  readonly reason: string | null;

  @Instant()
  readonly started_at: string;

  @Instant()
  readonly deadline: string;

  @Nullable()
  @Instant()
  readonly finished_at: string | null;

  /** Every attempt in the order in which they began; left out of lists. */
  @Optional()
  @ListOf(() => RunStepBody, 1_000_000)
  readonly steps?: RunStepBody[];
}
