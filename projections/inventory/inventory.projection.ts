import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, remove, type Row, type Write } from '#libs/kernel/src/projection.js';
import type {
  RegionNoteChanged,
  RegionRegistered,
  RegionRemoved,
  RegionRenamed,
} from '#libs/inventory/src/cloud.events.js';
import type {
  CloudNoteChanged,
  CloudRegistered,
  CloudRemoved,
  CloudRenamed,
} from '#libs/inventory/src/project.events.js';
import type { InterfaceSettings, RegionClosed, RegionEvent } from '#libs/inventory/src/region.events.js';
import { tables } from './inventory.tables.projection.js';

type InventoryEvent =
  | CloudRegistered
  | CloudRenamed
  | CloudNoteChanged
  | CloudRemoved
  | RegionRegistered
  | RegionRenamed
  | RegionNoteChanged
  | RegionRemoved
  | Exclude<RegionEvent, RegionClosed>;

type Table = 'clouds' | 'regions' | 'cells' | 'devices' | 'networks' | 'interfaces';

/** Of the stream: a cloud is in its project's, a region in its cloud's, the rest in their region's. */
const ownerOf = ({ stream }: Recorded): string => stream.slice(stream.indexOf('-') + 1);

const registered = (table: Table, id: string, event: Recorded, values: Row): readonly Write[] => [
  put(
    table,
    { id },
    {
      ...values,
      project_id: event.metadata.projectId,
      revision: event.revision,
      created_at: event.recordedAt.toISOString(),
    },
  ),
];

const changed = (table: Table, id: string, event: Recorded, values: Row): readonly Write[] => [
  patch(table, { id }, { ...values, revision: event.revision, updated_at: event.recordedAt.toISOString() }),
];

type DeviceFact = Recorded & { readonly data: { readonly deviceId: string } };

const device = (event: DeviceFact, values: Row) => changed('devices', event.data.deviceId, event, values);

const placeOf = (event: DeviceFact): Row => ({ region_id: ownerOf(event), id: event.data.deviceId });

const moved = (event: DeviceFact, values: Row) => patch('device_places', placeOf(event), values);

const labelsOf = (event: DeviceFact, labels: readonly string[]) =>
  labels.map((label) =>
    put('device_labels', { device_id: event.data.deviceId, label }, { region_id: ownerOf(event) }),
  );

type NetworkFact = Recorded & { readonly data: { readonly networkId: string } };

const network = (event: NetworkFact, values: Row) => changed('networks', event.data.networkId, event, values);

type InterfaceFact = Recorded & { readonly data: { readonly interfaceId: string } };

const interfaceOf = (event: InterfaceFact, values: Row) =>
  changed('interfaces', event.data.interfaceId, event, values);

const settings = ['port', 'speed', 'vlan', 'duplex', 'link', 'cdp', 'security'] as const;

/** Those that are given. */
const settingsOf = (given: Partial<InterfaceSettings>): Row =>
  Object.fromEntries(
    settings.flatMap((setting) => {
      const value = given[setting];
      return value === undefined ? [] : [[setting, value]];
    }),
  );

/** The tree of the fleet as it is; each row's revision is that of the last event about it, in the stream that holds it. */
export const inventory: Projection<InventoryEvent> = {
  name: 'inventory',
  version: 6,
  tables,
  on: {
    CloudRegistered: (event) => {
      const { cloudId, name, note } = event.data;
      return registered('clouds', cloudId, event, { name, note });
    },
    CloudRenamed: (event) => changed('clouds', event.data.cloudId, event, { name: event.data.name }),
    CloudNoteChanged: (event) => changed('clouds', event.data.cloudId, event, { note: event.data.note }),
    CloudRemoved: ({ data }) => [remove('clouds', { id: data.cloudId })],

    RegionRegistered: (event) => {
      const { regionId, name, note } = event.data;
      return registered('regions', regionId, event, { cloud_id: ownerOf(event), name, note });
    },
    RegionRenamed: (event) => changed('regions', event.data.regionId, event, { name: event.data.name }),
    RegionNoteChanged: (event) => changed('regions', event.data.regionId, event, { note: event.data.note }),
    // What is retired may still be in it: it goes from the present with its region.
    RegionRemoved: ({ data: { regionId } }) => [
      remove('regions', { id: regionId }),
      remove('cells', { region_id: regionId }),
      remove('devices', { region_id: regionId }),
      remove('device_places', { region_id: regionId }),
      remove('device_labels', { region_id: regionId }),
      remove('networks', { region_id: regionId }),
      remove('interfaces', { region_id: regionId }),
    ],

    CellRegistered: (event) => {
      const { cellId, cloudId, name, note } = event.data;
      return registered('cells', cellId, event, { cloud_id: cloudId, region_id: ownerOf(event), name, note });
    },
    CellRenamed: (event) => changed('cells', event.data.cellId, event, { name: event.data.name }),
    CellNoteChanged: (event) => changed('cells', event.data.cellId, event, { note: event.data.note }),
    CellRemoved: ({ data }) => [remove('cells', { id: data.cellId })],

    DeviceRegistered: (event) => {
      const { deviceId, kind, cloudId, name, ipAddress, deviceType, cellId, parentId, active, note } =
        event.data;
      const { modelName = null, osVersion = null, vlans = null, managedBy = null, labels = [] } = event.data;
      const rows = registered('devices', deviceId, event, {
        kind,
        cloud_id: cloudId,
        region_id: ownerOf(event),
        cell_id: cellId,
        parent_id: parentId,
        name,
        ip_address: ipAddress,
        device_type: deviceType,
        active: Number(active),
        note,
        model_name: modelName,
        os_version: osVersion,
        vlans,
        managed_by: managedBy,
      });
      const place = { parent_id: parentId, place_id: cellId ?? ownerOf(event) };
      return [...rows, put('device_places', placeOf(event), place), ...labelsOf(event, labels)];
    },
    DeviceRenamed: (event) => device(event, { name: event.data.name }),
    DeviceAddressChanged: (event) => device(event, { ip_address: event.data.ipAddress }),
    DeviceTypeChanged: (event) => device(event, { device_type: event.data.deviceType }),
    DeviceActivated: (event) => device(event, { active: 1 }),
    DeviceDeactivated: (event) => device(event, { active: 0 }),
    DeviceNoteChanged: (event) => device(event, { note: event.data.note }),
    DeviceMovedToCell: (event) => [
      ...device(event, { cell_id: event.data.cellId }),
      moved(event, { place_id: event.data.cellId ?? ownerOf(event) }),
    ],
    DeviceMovedToParent: (event) => [
      ...device(event, { parent_id: event.data.parentId }),
      moved(event, { parent_id: event.data.parentId }),
    ],
    DeviceModelChanged: (event) => device(event, { model_name: event.data.modelName }),
    DeviceOsVersionChanged: (event) => device(event, { os_version: event.data.osVersion }),
    DeviceVlansChanged: (event) => device(event, { vlans: event.data.vlans }),
    // Labels say something about the device: its revision moves with them.
    LabelsAdded: (event) => [...labelsOf(event, event.data.labels), ...device(event, {})],
    LabelsRemoved: (event) => [
      ...event.data.labels.map((label) => remove('device_labels', { device_id: event.data.deviceId, label })),
      ...device(event, {}),
    ],
    DeviceRetired: (event) => device(event, { retired_at: event.recordedAt.toISOString() }),
    DeviceRemoved: (event) => [
      remove('devices', { id: event.data.deviceId }),
      remove('device_places', placeOf(event)),
      remove('device_labels', { device_id: event.data.deviceId }),
    ],
    DeviceClaimed: (event) => device(event, { window_id: event.data.windowId }),
    DeviceReleased: (event) => device(event, { window_id: null }),

    NetworkRegistered: (event) => {
      const { networkId, cloudId, cellId, name, cidr, gateway, netmask, ipBlockType, networkType, nss } =
        event.data;
      return registered('networks', networkId, event, {
        cloud_id: cloudId,
        region_id: ownerOf(event),
        cell_id: cellId,
        name,
        cidr,
        gateway,
        netmask,
        ip_block_type: ipBlockType,
        network_type: networkType ?? null,
        nss,
      });
    },
    NetworkRenamed: (event) => network(event, { name: event.data.name }),
    NetworkReaddressed: (event) => {
      const { cidr, gateway, netmask } = event.data;
      return network(event, { cidr, gateway, netmask });
    },
    NetworkIpBlockTypeChanged: (event) => network(event, { ip_block_type: event.data.ipBlockType }),
    NetworkTypeChanged: (event) => network(event, { network_type: event.data.networkType }),
    NetworkNssChanged: (event) => network(event, { nss: event.data.nss }),
    NetworkRemoved: ({ data }) => [remove('networks', { id: data.networkId })],

    InterfaceRegistered: (event) => {
      const { interfaceId, deviceId, networkId, name, interfaceType, ipAddress, vlanId } = event.data;
      return registered('interfaces', interfaceId, event, {
        region_id: ownerOf(event),
        device_id: deviceId,
        network_id: networkId,
        name,
        interface_type: interfaceType,
        ip_address: ipAddress,
        vlan_id: vlanId,
        ...settingsOf(event.data),
      });
    },
    InterfaceRenamed: (event) => interfaceOf(event, { name: event.data.name }),
    InterfaceTypeChanged: (event) => interfaceOf(event, { interface_type: event.data.interfaceType }),
    InterfaceReaddressed: (event) => {
      const { ipAddress, networkId } = event.data;
      return interfaceOf(event, { ip_address: ipAddress, network_id: networkId });
    },
    InterfaceSettingsChanged: (event) => {
      const { vlanId } = event.data;
      return interfaceOf(event, {
        ...settingsOf(event.data),
        ...(vlanId !== undefined && { vlan_id: vlanId }),
      });
    },
    InterfaceRemoved: ({ data }) => [remove('interfaces', { id: data.interfaceId })],
  },
};
