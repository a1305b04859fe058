import type { Json } from '#libs/kernel/src/json.js';
import { AnyObject, Flag, Optional, VariableNames, Variables } from '../http/fields.js';
import { AsOfQuery } from '../http/query.js';
import { WholeBody } from '../http/whole-body.js';

@WholeBody()
export class VariableValues {
  @Variables()
  readonly value: Readonly<Record<string, Json>>;
}

@WholeBody()
export class VariableKeys {
  @VariableNames()
  readonly value: readonly string[];
}

export class VariablesQuery extends AsOfQuery {
  /** Also what is inherited, as by default for regions, cells and hosts; otherwise only the owner's own. */
  @Optional()
  @Flag()
  readonly 'resolved-values'?: boolean;

  /** Each value with the owner it comes from, who set it when and why, and what it shadows. */
  @Optional()
  @Flag()
  readonly explain?: boolean;
}

export class VariablesBody {
  /** Values by key; with `explain`, objects with `value`, `nature`, `owner`, `event_id`, `actor`, `changed_at`, `reason` and `shadows`. */
  @AnyObject()
  readonly variables: object;
}
