import type { Json } from '#libs/kernel/src/json.js';
import { LinkBody } from '../http/bodies.js';
import {
  Identifier,
  IpAddress,
  ListOf,
  Name,
  NewName,
  Nullable,
  Optional,
  Variables,
  Whole,
} from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { InheritingPageQuery } from './inheriting.query.js';
import { OwnerBody } from './owner.bodies.js';

/** Ports of switches are counted in many ways; indexes of SNMP are the largest. */
const mostPort = 2 ** 31 - 1;
/** VXLAN's, which are the largest. */
const mostVlan = 2 ** 24 - 1;

class InterfaceSettings {
  @Optional()
  @Nullable()
  @Whole(0, mostPort)
  readonly port?: number | null;

  @Optional()
  @Nullable()
  @Whole(0, Number.MAX_SAFE_INTEGER)
  readonly speed?: number | null;

  /** In the same region as the device. */
  @Optional()
  @Nullable()
  @Identifier()
  readonly network_id?: string | null;

  @Optional()
  @Nullable()
  @Whole(0, mostVlan)
  readonly vlan_id?: number | null;

  @Optional()
  @Nullable()
  @Name()
  readonly vlan?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly duplex?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly link?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly cdp?: string | null;

  @Optional()
  @Nullable()
  @Name()
  readonly security?: string | null;
}

export class NewNetworkInterface extends InterfaceSettings {
  @NewName()
  readonly name: string;

  @Identifier()
  readonly device_id: string;

  @Name()
  readonly interface_type: string;

  /** In its network, when it has one. */
  @IpAddress()
  readonly ip_address: string;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class NetworkInterfaceChange extends InterfaceSettings {
  @Optional()
  @NewName()
  readonly name?: string;

  @Optional()
  @Name()
  readonly interface_type?: string;

  /** In its network, when it has one. */
  @Optional()
  @IpAddress()
  readonly ip_address?: string;
}

export class NetworkInterfaceQuery extends InheritingPageQuery {
  @Optional()
  @SortKeys('name', 'ip_address', 'region_id', 'device_id', 'network_id')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Identifier()
  readonly region_id?: string;

  @Optional()
  @Identifier()
  readonly device_id?: string;

  @Optional()
  @Identifier()
  readonly network_id?: string;

  @Optional()
  @Name()
  readonly interface_type?: string;

  @Optional()
  @IpAddress()
  readonly ip_address?: string;
}

export class NetworkInterfaceBody extends OwnerBody {
  @Identifier()
  readonly region_id: string;

  @Identifier()
  readonly device_id: string;

  @Nullable()
  @Identifier()
  readonly network_id: string | null;

  @Name()
  readonly interface_type: string;

  @IpAddress()
  readonly ip_address: string;

  @Nullable()
  @Whole(0, mostVlan)
  readonly vlan_id: number | null;

  @Nullable()
  @Whole(0, mostPort)
  readonly port: number | null;

  @Nullable()
  @Whole(0, Number.MAX_SAFE_INTEGER)
  readonly speed: number | null;

  @Nullable()
  @Name()
  readonly vlan: string | null;

  @Nullable()
  @Name()
  readonly duplex: string | null;

  @Nullable()
  @Name()
  readonly link: string | null;

  @Nullable()
  @Name()
  readonly cdp: string | null;

  @Nullable()
  @Name()
  readonly security: string | null;

  /** `up` leads to its device. */
  @ListOf(() => LinkBody, 1)
  readonly links: readonly LinkBody[];
}
