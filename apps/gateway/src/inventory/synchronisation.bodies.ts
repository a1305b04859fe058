import { Allow } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { Flag, Identifier, ListOf, Name, Note, Nullable, OneOf, Optional } from '../http/fields.js';

export class Synchronisation {
  /** Where hosts that are new go to. */
  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  /** Only tells what would be done. */
  @Flag()
  readonly dry_run: boolean = false;

  /** Of hosts that are new. */
  @Name()
  readonly device_type: string = 'server';
}

export class SynchronisedHostBody {
  /** Null for one that would be registered. */
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

export class HostDifferenceBody {
  @Identifier()
  readonly id: string;

  @Name()
  readonly name: string;

  @OneOf(['ip_address', 'active', 'retired', 'enabled', 'up'])
  readonly member: string;

  @TextOrFlag()
  readonly registered: string | boolean;

  @TextOrFlag()
  readonly discovered: string | boolean;

  /** Why, in the words of whoever made it so. */
  @Nullable()
  @Note()
  readonly detail: string | null;
}

const most = 1_000_000;

export class SynchronisationBody {
  @Flag()
  readonly dry_run: boolean;

  /** Hosts of the cloud that were not in the region. */
  @ListOf(() => SynchronisedHostBody, most)
  readonly registered: readonly SynchronisedHostBody[];

  /** Hosts that both know, but not the same: for a person to settle. */
  @ListOf(() => HostDifferenceBody, most)
  readonly differences: readonly HostDifferenceBody[];

  /** Hosts in service in the region that the cloud does not know. */
  @ListOf(() => SynchronisedHostBody, most)
  readonly unknown: readonly SynchronisedHostBody[];
}
