import { AnyObject, Identifier, Name, Nullable, OneOf, Optional, Whole } from '../http/fields.js';
import { FleetQuery } from '../inventory/fleet.query.js';

export class DiffQuery extends FleetQuery {
  /** A past time (RFC 3339) or cursor. Left out: before everything. */
  @Optional()
  @Name()
  readonly from?: string;

  /** Left out: now, or what `as_of` says. */
  @Optional()
  @Name()
  readonly to?: string;

  @Whole(1, 200)
  readonly limit: number = 30;

  /** Of the link to the next page. */
  @Optional()
  @Name()
  readonly marker?: string;

  @Optional()
  @Identifier()
  readonly project_id?: string;
}

/** What became of one thing between two moments. */
export class DifferenceBody {
  @OneOf([
    'project',
    'cloud',
    'region',
    'cell',
    'host',
    'network-device',
    'container',
    'network',
    'network-interface',
  ])
  readonly kind: string;

  @Identifier()
  readonly id: string;

  @Name()
  readonly name: string;

  @OneOf(['created', 'changed', 'removed'])
  readonly change: string;

  /** The members that differ, `labels`, own `variables` and `variable_schemas` among them, as they were; null for what was not there. */
  @Nullable()
  @AnyObject()
  readonly before: object | null;

  /** The same members, as they became; null for what is gone. */
  @Nullable()
  @AnyObject()
  readonly after: object | null;

  /** Where in the log it was changed last. */
  @Name()
  readonly cursor: string;

  /** Of what changed it last. */
  @Nullable()
  @Identifier()
  readonly correlation_id: string | null;
}
