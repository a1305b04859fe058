import { evolveInPlace } from '#libs/kernel/src/decider.js';
import type { RegionEvent } from './region.events.js';

export interface Cell {
  readonly name: string;
  readonly note: string | null;
}

export interface Device {
  name: string;
  ipAddress: string;
  deviceType: string;
  cellId: string | null;
  parentId: string | null;
  active: boolean;
  note: string | null;
  retired: boolean;
  /** The maintenance window that it is under. */
  claimedBy: string | null;
}

/** A hundred thousand devices: everything that a decision asks for is a lookup. */
export interface Region {
  closed: boolean;
  readonly cells: Map<string, Cell>;
  readonly cellNames: Set<string>;
  readonly devices: Map<string, Device>;
  /** Names of the devices in service. */
  readonly names: Set<string>;
  /** How many devices in service have this cell or this parent. */
  readonly dependents: Map<string, number>;
}

export const emptyRegion = (): Region => ({
  closed: false,
  cells: new Map(),
  cellNames: new Set(),
  devices: new Map(),
  names: new Set(),
  dependents: new Map(),
});

export const dependentsOf = (state: Region, id: string): number => state.dependents.get(id) ?? 0;

const count = (state: Region, id: string | null, by: 1 | -1): void => {
  if (id === null) return;
  const total = dependentsOf(state, id) + by;
  if (total === 0) state.dependents.delete(id);
  else state.dependents.set(id, total);
};

const addDevice = (state: Region, id: string, device: Device): void => {
  state.devices.set(id, device);
  state.names.add(device.name);
  count(state, device.cellId, 1);
  count(state, device.parentId, 1);
};

const takeOutOfService = (state: Region, { name, cellId, parentId }: Device): void => {
  state.names.delete(name);
  count(state, cellId, -1);
  count(state, parentId, -1);
};

const changeCell = (state: Region, id: string, change: Partial<Cell>): void => {
  const cell = state.cells.get(id);
  if (!cell) return;
  if (change.name !== undefined) {
    state.cellNames.delete(cell.name);
    state.cellNames.add(change.name);
  }
  state.cells.set(id, { ...cell, ...change });
};

const withDevice = (state: Region, id: string, change: (device: Device) => void): void => {
  const device = state.devices.get(id);
  if (device) change(device);
};

const rename = (state: Region, device: Device, name: string): void => {
  state.names.delete(device.name);
  state.names.add(name);
  device.name = name;
};

const hangUnder = (
  state: Region,
  device: Device,
  what: 'cellId' | 'parentId',
  under: string | null,
): void => {
  count(state, device[what], -1);
  count(state, under, 1);
  device[what] = under;
};

const removeDevice = (state: Region, id: string, device: Device): void => {
  if (!device.retired) takeOutOfService(state, device);
  state.devices.delete(id);
};

export const evolveRegion = evolveInPlace<Region, RegionEvent>({
  CellRegistered: (state, { cellId, name, note }) => {
    state.cells.set(cellId, { name, note });
    state.cellNames.add(name);
  },
  CellRenamed: (state, { cellId, name }) => changeCell(state, cellId, { name }),
  CellNoteChanged: (state, { cellId, note }) => changeCell(state, cellId, { note }),
  CellRemoved: (state, { cellId }) => {
    state.cellNames.delete(state.cells.get(cellId)?.name ?? '');
    state.cells.delete(cellId);
  },
  DeviceRegistered: (state, { deviceId, kind: _kind, cloudId: _cloud, ...facts }) =>
    addDevice(state, deviceId, { ...facts, retired: false, claimedBy: null }),
  DeviceRenamed: (state, { deviceId, name }) =>
    withDevice(state, deviceId, (device) => rename(state, device, name)),
  DeviceAddressChanged: (state, { deviceId, ipAddress }) =>
    withDevice(state, deviceId, (device) => (device.ipAddress = ipAddress)),
  DeviceTypeChanged: (state, { deviceId, deviceType }) =>
    withDevice(state, deviceId, (device) => (device.deviceType = deviceType)),
  DeviceActivated: (state, { deviceId }) => withDevice(state, deviceId, (device) => (device.active = true)),
  DeviceDeactivated: (state, { deviceId }) =>
    withDevice(state, deviceId, (device) => (device.active = false)),
  DeviceNoteChanged: (state, { deviceId, note }) =>
    withDevice(state, deviceId, (device) => (device.note = note)),
  DeviceMovedToCell: (state, { deviceId, cellId }) =>
    withDevice(state, deviceId, (device) => hangUnder(state, device, 'cellId', cellId)),
  DeviceMovedToParent: (state, { deviceId, parentId }) =>
    withDevice(state, deviceId, (device) => hangUnder(state, device, 'parentId', parentId)),
  DeviceRetired: (state, { deviceId }) =>
    withDevice(state, deviceId, (device) => {
      takeOutOfService(state, device);
      device.retired = true;
    }),
  DeviceRemoved: (state, { deviceId }) =>
    withDevice(state, deviceId, (device) => removeDevice(state, deviceId, device)),
  DeviceClaimed: (state, { deviceId, windowId }) =>
    withDevice(state, deviceId, (device) => (device.claimedBy = windowId)),
  DeviceReleased: (state, { deviceId }) => withDevice(state, deviceId, (device) => (device.claimedBy = null)),
  RegionClosed: (state) => {
    state.closed = true;
  },
});
