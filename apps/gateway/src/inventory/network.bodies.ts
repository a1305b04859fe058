import type { Json } from '#libs/kernel/src/json.js';
import { Identifier, IpAddress, Name, NewName, Nullable, Optional, Variables } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { CellQuery } from './cell.bodies.js';
import { Cidr, Netmask } from './inventory.fields.js';
import { OwnerBody } from './owner.bodies.js';

class NetworkSettings {
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
}

export class NewNetwork extends NetworkSettings {
  @NewName()
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

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class NetworkChange extends NetworkSettings {
  @Optional()
  @NewName()
  readonly name?: string;

  @Optional()
  @Cidr()
  readonly cidr?: string;

  @Optional()
  @IpAddress()
  readonly gateway?: string;
}

export class NetworkQuery extends CellQuery {
  @Optional()
  @SortKeys('name', 'region_id', 'cell_id')
  override readonly sort_keys?: string;

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

export class NetworkBody extends OwnerBody {
  @Identifier()
  readonly cloud_id: string;

  @Identifier()
  readonly region_id: string;

  @Nullable()
  @Identifier()
  readonly cell_id: string | null;

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
}
