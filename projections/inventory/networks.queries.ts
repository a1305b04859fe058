import { Injectable } from '@nestjs/common';
import { among, type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';

interface ChangingRow {
  readonly id: string;
  readonly project_id: string;
  readonly region_id: string;
  readonly name: string;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

export interface NetworkRow extends ChangingRow {
  readonly cloud_id: string;
  readonly cell_id: string | null;
  readonly cidr: string;
  readonly gateway: string;
  /** In dots for IPv4, the length of the prefix for IPv6. */
  readonly netmask: string;
  readonly ip_block_type: string | null;
  readonly network_type: string | null;
  readonly nss: string | null;
}

export interface InterfaceRow extends ChangingRow {
  readonly device_id: string;
  readonly network_id: string | null;
  readonly interface_type: string;
  readonly ip_address: string;
  readonly vlan_id: number | null;
  readonly port: number | null;
  readonly speed: number | null;
  readonly vlan: string | null;
  readonly duplex: string | null;
  readonly link: string | null;
  readonly cdp: string | null;
  readonly security: string | null;
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

export type NetworkFilter = Optional<{
  projectId: string;
  id: string;
  name: string;
  cloudId: string;
  regionId: string;
  cellId: string;
  cidr: string;
  ipBlockType: string;
  networkType: string;
  /** Only among these. */
  ids: readonly string[];
}>;

export type InterfaceFilter = Optional<{
  projectId: string;
  id: string;
  name: string;
  regionId: string;
  deviceId: string;
  /** Only of these. */
  deviceIds: readonly string[];
  networkId: string;
  interfaceType: string;
  ipAddress: string;
  /** Only among these. */
  ids: readonly string[];
}>;

@Injectable()
export class NetworkQueries {
  network(view: ReadView, id: string): NetworkRow | undefined {
    return view.get('SELECT * FROM networks WHERE id = ?', id);
  }

  networks(view: ReadView, filter: NetworkFilter, page: Page): Rows<NetworkRow> {
    const columns = {
      project_id: filter.projectId,
      id: filter.id,
      name: filter.name,
      cloud_id: filter.cloudId,
      region_id: filter.regionId,
      cell_id: filter.cellId,
      cidr: filter.cidr,
      ip_block_type: filter.ipBlockType,
      network_type: filter.networkType,
      '(id)': filter.ids && among(filter.ids),
    };
    return pageOf(view, 'networks', columns, page);
  }

  interface(view: ReadView, id: string): InterfaceRow | undefined {
    return view.get('SELECT * FROM interfaces WHERE id = ?', id);
  }

  interfaces(view: ReadView, filter: InterfaceFilter, page: Page): Rows<InterfaceRow> {
    const columns = {
      project_id: filter.projectId,
      id: filter.id,
      name: filter.name,
      region_id: filter.regionId,
      device_id: filter.deviceId,
      '(device_id)': filter.deviceIds && among(filter.deviceIds),
      network_id: filter.networkId,
      interface_type: filter.interfaceType,
      ip_address: filter.ipAddress,
      '(id)': filter.ids && among(filter.ids),
    };
    return pageOf(view, 'interfaces', columns, page);
  }
}
