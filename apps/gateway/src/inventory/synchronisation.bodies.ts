import { Allow } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { Flag, Identifier, Instant, ListOf, Name, Note, Nullable, OneOf, Optional } from '../http/fields.js';
import { Part, Whole } from '../http/fields.js';
import { PageQuery, SortKeys } from '../http/query.js';
import { Labels } from './inventory.fields.js';

/** What a synchronisation does beside looking. */
class Orders {
  /** Where hosts that are new go to. */
  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  /** Of hosts that are new. */
  @Name()
  readonly device_type: string = 'server';

  /** Registers the hosts that only the cloud knows. */
  @Flag()
  readonly register: boolean = true;

  /** Makes availability zones and aggregates labels, and takes back those that the cloud has taken back. */
  @Flag()
  readonly labels: boolean = true;

  /** Retires hosts that a synchronisation registered and the cloud does not know any more. */
  @Flag()
  readonly retire: boolean = false;
}

export class Synchronisation extends Orders {
  /** Only tells what would be done. */
  @Flag()
  readonly dry_run: boolean = false;
}

export class SynchronisationSchedule extends Orders {
  @Whole(60, 604_800)
  readonly every_seconds: number;
}

export class SynchronisedHostBody {
  /** Null for one that is not registered. */
  @Nullable()
  @Identifier()
  readonly id: string | null;

  @Name()
  readonly name: string;
}

const TextOrFlag = (): PropertyDecorator => (target, property) => {
  Allow()(target, property as string);
  JSONSchema({ anyOf: [{ type: 'string' }, { type: 'boolean' }] })(target, property as string);
};

const members = ['ip_address', 'active', 'retired', 'enabled', 'up', 'labels'] as const;

class DifferingBody {
  @Name()
  readonly name: string;

  @Nullable()
  @TextOrFlag()
  readonly registered: string | boolean | null;

  @Nullable()
  @TextOrFlag()
  readonly discovered: string | boolean | null;

  /** Why, in the words of whoever made it so. */
  @Nullable()
  @Note()
  readonly detail: string | null;
}

export class HostDifferenceBody extends DifferingBody {
  @Identifier()
  readonly id: string;

  @OneOf(members)
  readonly member: string;
}

export class DriftItemBody extends DifferingBody {
  /** `unregistered`: only the cloud has the host. `unknown`: only the region has it. `different`: both have it, not alike. */
  @OneOf(['unregistered', 'unknown', 'different'])
  readonly kind: string;

  @Nullable()
  @Identifier()
  readonly host_id: string | null;

  @Nullable()
  @OneOf(members)
  readonly member: string | null;

  @Instant()
  readonly since: string;
}

const most = 1_000_000;

export class DriftBody {
  @Identifier()
  readonly region_id: string;

  /** When the cloud was last compared with the region; null for never. */
  @Nullable()
  @Instant()
  readonly made_at: string | null;

  /** How many things differ. */
  @Whole(0, most)
  readonly total: number;

  /** How many of them are too many to be kept. */
  @Whole(0, most)
  readonly omitted: number;

  @ListOf(() => DriftItemBody, most)
  readonly drift: readonly DriftItemBody[];
}

export class SynchronisationBody {
  @Flag()
  readonly dry_run: boolean;

  /** Hosts of the cloud that were not in the region. */
  @ListOf(() => SynchronisedHostBody, most)
  readonly registered: readonly SynchronisedHostBody[];

  /** Hosts of the cloud that still are not. */
  @ListOf(() => SynchronisedHostBody, most)
  readonly unregistered: readonly SynchronisedHostBody[];

  /** Hosts that both know, but not the same: for a person to settle. */
  @ListOf(() => HostDifferenceBody, most)
  readonly differences: readonly HostDifferenceBody[];

  /** Hosts in service in the region that the cloud does not know. */
  @ListOf(() => SynchronisedHostBody, most)
  readonly unknown: readonly SynchronisedHostBody[];

  /** How much else differs that is too much to be kept. */
  @Whole(0, most)
  readonly omitted: number;
}

export class SynchronisationScheduleBody {
  @Whole(60, 604_800)
  readonly every_seconds: number;

  @Nullable()
  @Identifier()
  readonly cell_id: string | null;

  @Name()
  readonly device_type: string;

  @Flag()
  readonly register: boolean;

  @Flag()
  readonly labels: boolean;

  @Flag()
  readonly retire: boolean;

  /** On whose behalf. */
  @Name()
  readonly scheduled_by: string;
}

const Count = (): PropertyDecorator => (target, property) => {
  Nullable()(target, property);
  Whole(0, most)(target, property);
};

/** The last synchronisation, and how there come to be more. The counts are those of the last one that was completed. */
export class SynchronisationStateBody {
  @Identifier()
  readonly region_id: string;

  @Nullable()
  @Part(() => SynchronisationScheduleBody)
  readonly schedule: SynchronisationScheduleBody | null;

  /** Null: there never was one. */
  @Nullable()
  @OneOf(['running', 'completed', 'failed'])
  readonly outcome: string | null;

  /** Why it failed. */
  @Nullable()
  @Note()
  readonly reason: string | null;

  @Nullable()
  @OneOf(['schedule', 'request'])
  readonly cause: string | null;

  @Nullable()
  @Instant()
  readonly started_at: string | null;

  @Nullable()
  @Instant()
  readonly ended_at: string | null;

  /** When the next one is due; null for never, and while one is under way. */
  @Nullable()
  @Instant()
  readonly next_at: string | null;

  /** When the last one was completed. */
  @Nullable()
  @Instant()
  readonly made_at: string | null;

  @Count()
  readonly hosts: number | null;

  @Count()
  readonly registered: number | null;

  /** Null: labels were left alone. */
  @Count()
  readonly labelled: number | null;

  @Count()
  readonly retired: number | null;

  @Count()
  readonly drift: number | null;
}

export class HostServiceQuery extends PageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Flag()
  readonly up?: boolean;

  @Optional()
  @Flag()
  readonly enabled?: boolean;

  @Optional()
  @Name()
  readonly zone?: string;
}

export class HostServiceBody {
  @Identifier()
  readonly id: string;

  @Identifier()
  readonly region_id: string;

  /** Null for a host that is not registered. */
  @Nullable()
  @Identifier()
  readonly host_id: string | null;

  @Name()
  readonly name: string;

  @Flag()
  readonly up: boolean;

  @Flag()
  readonly enabled: boolean;

  @Nullable()
  @Note()
  readonly disabled_reason: string | null;

  @Nullable()
  @Name()
  readonly zone: string | null;

  /** Null where the cloud does not tell. */
  @Nullable()
  @Labels(most)
  readonly aggregates: readonly string[] | null;

  /** Since when it has been like this. */
  @Instant()
  readonly since: string;
}
