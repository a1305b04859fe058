import type { Recorded } from '#libs/kernel/src/event.js';
import { type Projection, put } from '#libs/kernel/src/projection.js';
import type { DeviceEvent } from '#libs/inventory/src/region.events.js';

const noted = (event: Recorded<DeviceEvent>) => {
  const { stream, revision, data } = event;
  const region_id = stream.slice(stream.indexOf('-') + 1);
  return [put('device_events', { device_id: data.deviceId, revision }, { region_id })];
};

/** Which events of a region are about which device: a region's stream is long, and a device's events are few. */
export const history: Projection<DeviceEvent> = {
  name: 'history',
  version: 1,
  tables: [
    {
      name: 'device_events',
      columns: { device_id: 'TEXT NOT NULL', revision: 'INTEGER NOT NULL', region_id: 'TEXT NOT NULL' },
      key: ['device_id', 'revision'],
    },
  ],
  on: {
    DeviceRegistered: noted,
    DeviceRenamed: noted,
    DeviceAddressChanged: noted,
    DeviceTypeChanged: noted,
    DeviceActivated: noted,
    DeviceDeactivated: noted,
    DeviceNoteChanged: noted,
    DeviceMovedToCell: noted,
    DeviceMovedToParent: noted,
    DeviceModelChanged: noted,
    DeviceOsVersionChanged: noted,
    DeviceVlansChanged: noted,
    LabelsAdded: noted,
    LabelsRemoved: noted,
    DeviceRetired: noted,
    DeviceRemoved: noted,
    DeviceClaimed: noted,
    DeviceReleased: noted,
  },
};
