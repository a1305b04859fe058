import {
  AnyObject,
  Flag,
  Identifier,
  ListOf,
  Name,
  Nullable,
  OneOf,
  Optional,
  Whole,
} from '../http/fields.js';

/** One of the two says what is to be put back. */
export class Reversion {
  /** One change, as a history names it. */
  @Optional()
  @Identifier()
  readonly event_id?: string;

  /** Everything that was done under it. */
  @Optional()
  @Identifier()
  readonly correlation_id?: string;

  /** Of what was done under the correlation id only so many changes, the last ones. Without it all of them, which may be 1000. */
  @Optional()
  @Whole(1, 1000)
  readonly limit?: number;

  /** The `next` of an answer: the changes before those, once those are put back. */
  @Optional()
  @Name()
  readonly marker?: string;

  /** Unless this is false, nothing is done: the answer says what would be. */
  @Flag()
  readonly dry_run: boolean = true;

  /** Goes before `X-Craton-Reason`. */
  @Optional()
  @Name(1000)
  readonly reason?: string;
}

/** What is in the way of taking a change back. */
export class ObstacleBody {
  @Name()
  readonly code: string;

  @Name(2000)
  readonly message: string;

  /** What changed it again, where that is in the way. */
  @Nullable()
  @Identifier()
  readonly event_id: string | null;

  @Nullable()
  @Name()
  readonly type: string | null;

  /** Username of who did that. */
  @Nullable()
  @Name()
  readonly actor: string | null;
}

/** One change that is taken back; the later ones first. */
export class ReversionStepBody {
  @Identifier()
  readonly event_id: string;

  @Name()
  readonly type: string;

  @Name()
  readonly cursor: string;

  @Nullable()
  @Name()
  readonly kind: string | null;

  @Nullable()
  @Identifier()
  readonly id: string | null;

  @Nullable()
  @Name()
  readonly name: string | null;

  @OneOf(['possible', 'nothing-to-do', 'refused', 'done'])
  readonly outcome: string;

  /** The members that the event changed, as they became by it; null for what went with it. */
  @Nullable()
  @AnyObject()
  readonly from: object | null;

  /** What they become again; null for what was not there. */
  @Nullable()
  @AnyObject()
  readonly to: object | null;

  @ListOf(() => ObstacleBody, 100)
  readonly obstacles: readonly ObstacleBody[];
}

export class ReversionBody {
  @Flag()
  readonly dry_run: boolean;

  @ListOf(() => ReversionStepBody, 1000)
  readonly steps: readonly ReversionStepBody[];

  /** The `marker` of the changes before these; null where these are the first ones. */
  @Nullable()
  @Name()
  readonly next: string | null;
}
