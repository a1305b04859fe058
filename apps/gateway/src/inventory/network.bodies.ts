import type { Json } from '#libs/kernel/src/json.js';
import { RecordBody } from '../http/bodies.js';
import { Identifier, IpAddress, Name, Nullable, Optional, Variables } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { InheritingPageQuery } from './inheriting.query.js';
import { Cidr, Netmask } from './inventory.fields.js';
import { Virtuals, type VirtualsShown } from './virtual.field.js';

export class NewNetwork {
  @Name()
  readonly name: string;

  @Identifier()
  readonly region_id: string;

  /** Need not be given: it is the region's. */
  @Optional()
  @Identifier()
  readonly cloud_id?: string;

  @Optional()
  @Nullable()
  @Identifier()
  readonly cell_id?: string | null;

  @Cidr()
  readonly cidr: string;

  /** The address of a host in the network. */
  @IpAddress()
  readonly gateway: string;

  /** Need not be given: it follows from the CIDR. */
  @Optional()
  @Netmask()
  readonly netmask?: string;

  @Optional()
  @Nullable()
  @Name()
  readonly ip_block_type?: string | null;

  /** What carries it, such as flat, vlan or vxlan. */
  @Optional()
  @Nullable()
  @Name()
  readonly network_type?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly nss?: string | null;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class NetworkChange {
  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Cidr()
  readonly cidr?: string;

  @Optional()
  @IpAddress()
  readonly gateway?: string;

  @Optional()
  @Netmask()
  readonly netmask?: string;

  @Optional()
  @Nullable()
  @Name()
  readonly ip_block_type?: string | null;

  /** What carries it, such as flat, vlan or vxlan. */
  @Optional()
  @Nullable()
  @Name()
  readonly network_type?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly nss?: string | null;
}

export class NetworkQuery extends InheritingPageQuery {
  @Optional()
  @SortKeys('name', 'region_id', 'cell_id')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Identifier()
  readonly cloud_id?: string;

  @Optional()
  @Identifier()
  readonly region_id?: string;

  @Optional()
  @Identifier()
  readonly cell_id?: string;

  @Optional()
  @Cidr()
  readonly cidr?: string;

  @Optional()
  @Name()
  readonly ip_block_type?: string;

  @Optional()
  @Name()
  readonly network_type?: string;
}

export class NetworkBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Identifier()
  readonly cloud_id: string;

  @Identifier()
  readonly region_id: string;

  @Nullable()
  @Identifier()
  readonly cell_id: string | null;

  @Name()
  readonly name: string;

  @Cidr()
  readonly cidr: string;

  @IpAddress()
  readonly gateway: string;

  /** In dots for IPv4, the length of the prefix for IPv6. */
  @Netmask()
  readonly netmask: string;

  @Nullable()
  @Name()
  readonly ip_block_type: string | null;

  @Nullable()
  @Name()
  readonly network_type: string | null;

  @Nullable()
  @Name()
  readonly nss: string | null;

  /** Left out of lists unless `details=true`, and of the answer to a change. */
  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;

  @Virtuals()
  readonly virtual_variables?: VirtualsShown;
}
