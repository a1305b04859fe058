import type { FleetKind, FleetRecord, Place } from '#libs/interchange/src/fleet-record.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { DeviceRow } from '#projections/inventory/inventory.queries.js';
import type { InterfaceRow, NetworkRow } from '#projections/inventory/networks.queries.js';

type Fields = Readonly<Record<string, Json>>;

const given = (members: Readonly<Record<string, Json>>): Fields =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

interface Thing {
  readonly kind: FleetKind;
  readonly row: { readonly name: string; readonly note?: string | null };
  readonly place: Place;
  readonly variables: JsonObject;
  readonly labels?: readonly string[];
  readonly fields?: Fields;
}

export const recordOf = ({ kind, row, place, variables, labels = [], fields = {} }: Thing): FleetRecord => ({
  kind,
  name: row.name,
  place,
  fields: given({ ...fields, note: row.note ?? null }),
  labels,
  variables,
  source: {},
});

export const deviceFields = (row: DeviceRow): Fields => ({
  ip_address: row.ip_address,
  device_type: row.device_type,
  active: row.active === 1,
  ...(row.kind === 'network-device' && {
    model_name: row.model_name,
    os_version: row.os_version,
    vlans: row.vlans,
  }),
});

export const networkFields = ({
  cidr,
  gateway,
  netmask,
  ip_block_type,
  network_type,
  nss,
}: NetworkRow): Fields => ({
  cidr,
  gateway,
  netmask,
  ip_block_type,
  network_type,
  nss,
});

export const interfaceFields = (row: InterfaceRow, network: string | null): Fields => ({
  interface_type: row.interface_type,
  ip_address: row.ip_address,
  network,
  vlan_id: row.vlan_id,
  vlan: row.vlan,
  port: row.port,
  speed: row.speed,
  duplex: row.duplex,
  link: row.link,
  cdp: row.cdp,
  security: row.security,
});
