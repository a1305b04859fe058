import type { Json } from '#libs/kernel/src/json.js';
import { LinkBody } from '../http/bodies.js';
import {
  Flag,
  Identifier,
  Instant,
  IpAddress,
  ListOf,
  Name,
  Note,
  Nullable,
  Optional,
  Variables,
} from '../http/fields.js';
import { CellBody, CellQuery } from './cell.bodies.js';

export class NewHost {
  @Name()
  readonly name: string;

  @Identifier()
  readonly region_id: string;

  /** Need not be given: it is the region's. */
  @Optional()
  @Identifier()
  readonly cloud_id?: string;

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
  @Note()
  readonly note?: string | null;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class HostChange {
  @Optional()
  @Name()
  readonly name?: string;

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
  @Note()
  readonly note?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly parent_id?: string | null;
}

export class HostQuery extends CellQuery {
  @Optional()
  @Identifier()
  readonly cell_id?: string;

  @Optional()
  @Identifier()
  readonly parent_id?: string;

  @Optional()
  @Name()
  readonly device_type?: string;

  @Optional()
  @IpAddress()
  readonly ip_address?: string;

  @Optional()
  @Flag()
  readonly active?: boolean;

  /** By default only those in service. */
  @Flag()
  readonly retired: boolean = false;
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

  @Nullable()
  @Instant()
  readonly retired_at: string | null;

  /** `up` leads to its parent, else to its cell, else to its region. */
  @ListOf(() => LinkBody, 1)
  readonly links: readonly LinkBody[];
}
