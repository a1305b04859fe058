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
import type { RegionClosed, RegionEvent } from '#libs/inventory/src/region.events.js';
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

type Table = 'clouds' | 'regions' | 'cells' | 'devices';

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
      updated_at: null,
    },
  ),
];

const changed = (table: Table, id: string, event: Recorded, values: Row): readonly Write[] => [
  patch(table, { id }, { ...values, revision: event.revision, updated_at: event.recordedAt.toISOString() }),
];

type DeviceFact = Recorded & { readonly data: { readonly deviceId: string } };

const device = (event: DeviceFact, values: Row) => changed('devices', event.data.deviceId, event, values);

/** The tree of the fleet as it is; each row's revision is that of the last event about it, in the stream that holds it. */
export const inventory: Projection<InventoryEvent> = {
  name: 'inventory',
  version: 1,
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
      return registered('devices', deviceId, event, {
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
        window_id: null,
        retired_at: null,
      });
    },
    DeviceRenamed: (event) => device(event, { name: event.data.name }),
    DeviceAddressChanged: (event) => device(event, { ip_address: event.data.ipAddress }),
    DeviceTypeChanged: (event) => device(event, { device_type: event.data.deviceType }),
    DeviceActivated: (event) => device(event, { active: 1 }),
    DeviceDeactivated: (event) => device(event, { active: 0 }),
    DeviceNoteChanged: (event) => device(event, { note: event.data.note }),
    DeviceMovedToCell: (event) => device(event, { cell_id: event.data.cellId }),
    DeviceMovedToParent: (event) => device(event, { parent_id: event.data.parentId }),
    DeviceRetired: (event) => device(event, { retired_at: event.recordedAt.toISOString() }),
    DeviceRemoved: ({ data }) => [remove('devices', { id: data.deviceId })],
    DeviceClaimed: (event) => device(event, { window_id: event.data.windowId }),
    DeviceReleased: (event) => device(event, { window_id: null }),
  },
};
