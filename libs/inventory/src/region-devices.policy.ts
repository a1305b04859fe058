import { DomainError } from '#libs/kernel/src/errors.js';
import { demandOpen } from './region-cells.policy.js';
import { dependentsOf, type Device, type Region } from './region-state.policy.js';
import type { DeviceKind, RegionEvent } from './region.events.js';

export type DeviceCommand =
  | {
      type: 'RegisterDevice';
      deviceId: string;
      kind: DeviceKind;
      cloudId: string;
      name: string;
      ipAddress: string;
      deviceType: string;
      cellId: string | null;
      parentId: string | null;
      active: boolean;
      note: string | null;
    }
  | {
      type: 'ChangeDevice';
      deviceId: string;
      name?: string;
      ipAddress?: string;
      deviceType?: string;
      active?: boolean;
      note?: string | null;
      cellId?: string | null;
      parentId?: string | null;
    }
  | { type: 'RetireDevice'; deviceId: string }
  | { type: 'RemoveDevice'; deviceId: string }
  | { type: 'ClaimDevice'; deviceId: string; windowId: string }
  | { type: 'ReleaseDevice'; deviceId: string; windowId: string };

const deviceOf = (state: Region, deviceId: string): Device => {
  const device = state.devices.get(deviceId);
  if (!device) throw new DomainError('not-found', `there is no device ${deviceId} in the region`);
  return device;
};

const inService = (state: Region, deviceId: string): Device => {
  const device = deviceOf(state, deviceId);
  if (device.retired) throw new DomainError('illegal-state', `${device.name} is retired`);
  return device;
};

const demandFreeName = (state: Region, name: string): void => {
  if (state.names.has(name)) throw new DomainError('already-exists', `a device named ${name} already exists`);
};

const demandCell = (state: Region, cellId: string | null | undefined): void => {
  if (cellId && !state.cells.has(cellId)) {
    throw new DomainError('not-found', `there is no cell ${cellId} in the region`);
  }
};

/** The tree is strict: a device is not its own ancestor. */
const demandParent = (state: Region, deviceId: string, parentId: string | null | undefined): void => {
  if (!parentId) return;
  if (parentId === deviceId) throw new DomainError('illegal-state', 'a device cannot be its own parent');
  for (
    let above = inService(state, parentId).parentId;
    above !== null;
    above = deviceOf(state, above).parentId
  ) {
    if (above === deviceId) {
      throw new DomainError('illegal-state', `${deviceOf(state, parentId).name} descends from the device`);
    }
  }
};

const register = (
  { type: _type, ...device }: Extract<DeviceCommand, { type: 'RegisterDevice' }>,
  state: Region,
): readonly RegionEvent[] => {
  demandOpen(state);
  demandFreeName(state, device.name);
  demandCell(state, device.cellId);
  demandParent(state, device.deviceId, device.parentId);
  return [{ type: 'DeviceRegistered', data: device }];
};

type Change = Extract<DeviceCommand, { type: 'ChangeDevice' }>;

/** What becomes of each member that is sent and differs. */
const changes: {
  readonly [M in keyof Omit<Change, 'type' | 'deviceId'>]-?: (
    deviceId: string,
    value: Exclude<Change[M], undefined>,
  ) => RegionEvent;
} = {
  name: (deviceId, name) => ({ type: 'DeviceRenamed', data: { deviceId, name } }),
  ipAddress: (deviceId, ipAddress) => ({ type: 'DeviceAddressChanged', data: { deviceId, ipAddress } }),
  deviceType: (deviceId, deviceType) => ({ type: 'DeviceTypeChanged', data: { deviceId, deviceType } }),
  active: (deviceId, active) => ({
    type: active ? 'DeviceActivated' : 'DeviceDeactivated',
    data: { deviceId },
  }),
  note: (deviceId, note) => ({ type: 'DeviceNoteChanged', data: { deviceId, note } }),
  cellId: (deviceId, cellId) => ({ type: 'DeviceMovedToCell', data: { deviceId, cellId } }),
  parentId: (deviceId, parentId) => ({ type: 'DeviceMovedToParent', data: { deviceId, parentId } }),
};

const change = ({ type: _type, deviceId, ...wanted }: Change, state: Region): readonly RegionEvent[] => {
  const device = inService(state, deviceId);
  if (wanted.name !== undefined && wanted.name !== device.name) demandFreeName(state, wanted.name);
  demandCell(state, wanted.cellId);
  demandParent(state, deviceId, wanted.parentId);
  return (Object.keys(changes) as (keyof typeof changes)[])
    .filter((member) => wanted[member] !== undefined && wanted[member] !== device[member])
    .map((member) =>
      (changes[member] as (id: string, value: unknown) => RegionEvent)(deviceId, wanted[member]),
    );
};

/** Nothing may hang under a device that goes, and no maintenance may be working on it. */
const demandFree = (state: Region, deviceId: string, { name, claimedBy }: Device): void => {
  const children = dependentsOf(state, deviceId);
  if (children > 0)
    throw new DomainError('illegal-state', `${children} devices still have ${name} as their parent`);
  if (claimedBy !== null) {
    throw new DomainError('illegal-state', `${name} is under maintenance window ${claimedBy}`);
  }
};

const retire = (deviceId: string, state: Region): readonly RegionEvent[] => {
  const device = deviceOf(state, deviceId);
  if (device.retired) return [];
  demandFree(state, deviceId, device);
  return [{ type: 'DeviceRetired', data: { deviceId } }];
};

const remove = (deviceId: string, state: Region): readonly RegionEvent[] => {
  demandFree(state, deviceId, deviceOf(state, deviceId));
  return [{ type: 'DeviceRemoved', data: { deviceId } }];
};

const claim = (deviceId: string, windowId: string, state: Region): readonly RegionEvent[] => {
  const { name, claimedBy } = inService(state, deviceId);
  if (claimedBy === windowId) return [];
  if (claimedBy !== null) {
    throw new DomainError('illegal-state', `${name} is already under maintenance window ${claimedBy}`);
  }
  return [{ type: 'DeviceClaimed', data: { deviceId, windowId } }];
};

const release = (deviceId: string, windowId: string, state: Region): readonly RegionEvent[] =>
  state.devices.get(deviceId)?.claimedBy === windowId
    ? [{ type: 'DeviceReleased', data: { deviceId, windowId } }]
    : [];

export const decideDevice = (command: DeviceCommand, state: Region): readonly RegionEvent[] => {
  switch (command.type) {
    case 'RegisterDevice':
      return register(command, state);
    case 'ChangeDevice':
      return change(command, state);
    case 'RetireDevice':
      return retire(command.deviceId, state);
    case 'RemoveDevice':
      return remove(command.deviceId, state);
    case 'ClaimDevice':
      return claim(command.deviceId, command.windowId, state);
    case 'ReleaseDevice':
      return release(command.deviceId, command.windowId, state);
  }
};
