import type { Json } from '#libs/kernel/src/json.js';
import {
  AnyObject,
  check,
  Flag,
  Identifier,
  ListOf,
  Name,
  Optional,
  Part,
  Repeatable,
  VariableNames,
  Variables,
} from '../http/fields.js';
import { AsOfQuery } from '../http/query.js';
import { WholeBody } from '../http/whole-body.js';
import { Virtuals, type VirtualsShown } from './virtual.field.js';

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

  /** Only the variables with these keys. May be repeated. */
  @Optional()
  @Repeatable()
  @VariableNames()
  readonly key?: readonly string[];

  /** Each value with the owner it comes from, who set it when and why, and what it shadows. */
  @Optional()
  @Flag()
  readonly explain?: boolean;

  /** Also which values do not fit a schema. */
  @Optional()
  @Flag()
  readonly check?: boolean;

  /** Secrets in clear, for who may read them (`secrets:read`); otherwise they are shown as `{"$secret": true}`. */
  @Optional()
  @Flag()
  readonly secrets?: boolean;
}

export class SettingQuery {
  /** Keys of the body whose values are to be secret; once secret, a key stays it until it is removed. May be repeated. */
  @Optional()
  @Repeatable()
  @VariableNames()
  readonly secret?: readonly string[];

  /** Removes all other variables of the owner, in the same step. */
  @Optional()
  @Flag()
  readonly replace?: boolean;
}

const Text = (): PropertyDecorator =>
  check('text', (value) => typeof value === 'string', 'must be a text', { type: 'string' });

/** Whose schema a value does not fit. */
class SchemaOwner {
  @Name()
  readonly kind: string;

  @Identifier()
  readonly id: string;

  @Name()
  readonly name: string;
}

/** A value in effect that does not fit a schema: it was there before, comes from where the schema does not apply, or is looked up. */
class MisfitBody {
  @Name()
  readonly key: string;

  /** Where in the value, with dots between; empty for all of it. */
  @Text()
  readonly member: string;

  @Text()
  readonly message: string;

  @Part(() => SchemaOwner)
  readonly schema_owner: SchemaOwner;
}

export class VariablesBody {
  /** Values by key; with `explain`, objects with `value`, `nature`, `owner`, `event_id`, `actor`, `changed_at`, `reason` and `shadows`. */
  @AnyObject()
  readonly variables: object;

  /** With `check` or `explain`: which values do not fit a schema. Secret ones are not checked, nor those that nobody could look up. */
  @Optional()
  @ListOf(() => MisfitBody, 100_000)
  readonly violations?: readonly MisfitBody[];

  @Virtuals()
  readonly virtual_variables?: VirtualsShown;
}
