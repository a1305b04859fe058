import { LinkBody } from '../http/bodies.js';
import {
  Flag,
  Identifier,
  Instant,
  IpAddress,
  ListOf,
  Name,
  Nullable,
  OneOf,
  Optional,
  Repeatable,
} from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { CellBody, CellChange, CellQuery, NewCell } from './cell.bodies.js';
import { Labels, Mark } from './inventory.fields.js';

export class NewHost extends NewCell {
  @IpAddress()
  readonly ip_address: string;

  @Name()
  readonly device_type: string;

  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly parent_id?: string | null;

  @Optional()
  @Flag()
  readonly active?: boolean;

  @Optional()
  @Labels()
  readonly labels?: readonly string[];
}

export class NewContainer extends NewHost {}

export class NewNetworkDevice extends NewHost {
  @Optional()
  @Nullable()
  @Name()
  readonly model_name?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly os_version?: string | null;

  @Optional()
  @Nullable()
  @Name(4096)
  readonly vlans?: string | null;
}

export class HostChange extends CellChange {
  @Optional()
  @IpAddress()
  readonly ip_address?: string;

  @Optional()
  @Name()
  readonly device_type?: string;

  @Optional()
  @Flag()
  readonly active?: boolean;

  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly parent_id?: string | null;
}

export class ContainerChange extends HostChange {}

export class NetworkDeviceChange extends HostChange {
  @Optional()
  @Nullable()
  @Name()
  readonly model_name?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly os_version?: string | null;

  @Optional()
  @Nullable()
  @Name(4096)
  readonly vlans?: string | null;
}

const sortable = ['name', 'ip_address', 'region_id', 'cell_id', 'parent_id'] as const;

export class HostQuery extends CellQuery {
  @Optional()
  @SortKeys(...sortable)
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly cell_id?: string;

  @Optional()
  @Identifier()
  readonly parent_id?: string;

  /** With `parent_id`: not only its children, but everything under it. */
  @Flag()
  readonly descendants: boolean = false;

  /** Those that have all of them. */
  @Optional()
  @Repeatable()
  @Labels(20)
  readonly label?: readonly string[];

  @Optional()
  @Name()
  readonly device_type?: string;

  @Optional()
  @IpAddress()
  readonly ip_address?: string;

  @Optional()
  @Flag()
  readonly active?: boolean;

  /** Those that the source with this mark brought. */
  @Optional()
  @Mark()
  readonly managed_by?: string;

  /** By default only those in service. */
  @Flag()
  readonly retired: boolean = false;
}

const kinds = ['host', 'network-device', 'container'] as const;

export class DeviceQuery extends HostQuery {
  @Optional()
  @SortKeys(...sortable)
  override readonly sort_keys?: string;

  @Optional()
  @OneOf(kinds)
  readonly kind?: (typeof kinds)[number];
}

export class HostBody extends CellBody {
  @Nullable()
  @Identifier()
  readonly cell_id: string | null;

  @Nullable()
  @Identifier()
  readonly parent_id: string | null;

  @IpAddress()
  readonly ip_address: string;

  @Name()
  readonly device_type: string;

  @Flag()
  readonly active: boolean;

  /** The maintenance window that it is under. */
  @Nullable()
  @Identifier()
  readonly window_id: string | null;

  /** The mark of the source that brought it and keeps it in step. */
  @Nullable()
  @Mark()
  readonly managed_by: string | null;

  @Nullable()
  @Instant()
  readonly retired_at: string | null;

  /** In alphabetical order. */
  @Labels()
  readonly labels: readonly string[];

  /** `up` leads to its parent, else to its cell, else to its region. */
  @ListOf(() => LinkBody, 1)
  readonly links: readonly LinkBody[];
}

export class ContainerBody extends HostBody {}

export class NetworkDeviceBody extends HostBody {
  @Nullable()
  @Name()
  readonly model_name: string | null;

  @Nullable()
  @Name()
  readonly os_version: string | null;

  @Nullable()
  @Name(4096)
  readonly vlans: string | null;
}

/** A device of any kind: what only some kinds have is null for the others. */
export class DeviceBody extends NetworkDeviceBody {
  @OneOf(kinds)
  readonly kind: (typeof kinds)[number];
}
