import { DomainError } from '#libs/kernel/src/errors.js';
import { demandCell, demandOpen } from './region-cells.policy.js';
import { firstLabels, labelling, type LabelCommand } from './region-labels.policy.js';
import { demandNoChildren, demandUnclaimed, removal } from './region-removal.policy.js';
import { childrenOf, type Device, type Region } from './region-state.policy.js';
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
      modelName?: string | null;
      osVersion?: string | null;
      vlans?: string | null;
      labels?: readonly string[];
      managedBy?: string;
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
      modelName?: string | null;
      osVersion?: string | null;
      vlans?: string | null;
    }
  | LabelCommand
  | { type: 'RetireDevice'; deviceId: string }
  | { type: 'RemoveDevice'; deviceId: string; cascade?: boolean }
  | { type: 'ClaimDevice'; deviceId: string; windowId: string }
  | { type: 'ReleaseDevice'; deviceId: string; windowId: string };

const deviceOf = (state: Region, deviceId: string): Device => {
  const device = state.devices.get(deviceId);
  if (!device) throw new DomainError('not-found', `there is no device ${deviceId} in the region`);
  return device;
};

export const inService = (state: Region, deviceId: string): Device => {
  const device = deviceOf(state, deviceId);
  if (device.retired) throw new DomainError('illegal-state', `${device.name} is retired`);
  return device;
};

const demandFreeName = (state: Region, name: string): void => {
  if (state.names.has(name)) throw new DomainError('already-exists', `a device named ${name} already exists`);
};

/** Readers of the tree go no further up. */
const mostLevels = 32;

/** How many levels of devices there are from this one down. */
const levelsBelow = (state: Region, deviceId: string): number => {
  let levels = 0;
  for (let level = [deviceId]; level.length > 0 && levels <= mostLevels; levels += 1) {
    level = level.flatMap((id) => childrenOf(state, id));
  }
  return levels;
};

interface Placed {
  readonly deviceId: string;
  readonly kind: DeviceKind;
  readonly parentId?: string | null;
}

/** The tree is strict: a device is not its own ancestor. */
const demandParent = (state: Region, { deviceId, kind, parentId }: Placed): void => {
  if (!parentId) return;
  if (parentId === deviceId) throw new DomainError('illegal-state', 'a device cannot be its own parent');
  const parent = inService(state, parentId);
  if (kind === 'container' && parent.kind === 'network-device') {
    throw new DomainError('illegal-state', `a container is not in a network device such as ${parent.name}`);
  }
  let levels = levelsBelow(state, deviceId) + 1;
  for (let above = parent.parentId; above !== null; above = deviceOf(state, above).parentId) {
    if (above === deviceId) {
      throw new DomainError('illegal-state', `${parent.name} descends from the device`);
    }
    levels += 1;
  }
  if (levels > mostLevels) {
    throw new DomainError('illegal-state', `a tree of devices has at most ${mostLevels} levels`);
  }
};

const register = (
  { type: _type, labels, ...device }: Extract<DeviceCommand, { type: 'RegisterDevice' }>,
  state: Region,
): readonly RegionEvent[] => {
  demandOpen(state);
  demandFreeName(state, device.name);
  demandCell(state, device.cellId);
  demandParent(state, device);
  return [{ type: 'DeviceRegistered', data: { ...device, ...firstLabels(labels) } }];
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
  modelName: (deviceId, modelName) => ({ type: 'DeviceModelChanged', data: { deviceId, modelName } }),
  osVersion: (deviceId, osVersion) => ({ type: 'DeviceOsVersionChanged', data: { deviceId, osVersion } }),
  vlans: (deviceId, vlans) => ({ type: 'DeviceVlansChanged', data: { deviceId, vlans } }),
};

const change = ({ type: _type, deviceId, ...wanted }: Change, state: Region): readonly RegionEvent[] => {
  const device = inService(state, deviceId);
  if (wanted.name !== undefined && wanted.name !== device.name) demandFreeName(state, wanted.name);
  demandCell(state, wanted.cellId);
  demandParent(state, { ...wanted, deviceId, kind: device.kind });
  return (Object.keys(changes) as (keyof typeof changes)[])
    .filter((member) => wanted[member] !== undefined && wanted[member] !== device[member])
    .map((member) =>
      (changes[member] as (id: string, value: unknown) => RegionEvent)(deviceId, wanted[member]),
    );
};

const retire = (deviceId: string, state: Region): readonly RegionEvent[] => {
  const device = deviceOf(state, deviceId);
  if (device.retired) return [];
  demandNoChildren(state, deviceId);
  demandUnclaimed(state, deviceId);
  return [{ type: 'DeviceRetired', data: { deviceId } }];
};

const remove = (
  { deviceId, cascade }: Extract<DeviceCommand, { type: 'RemoveDevice' }>,
  state: Region,
): readonly RegionEvent[] => {
  deviceOf(state, deviceId);
  return removal(state, deviceId, cascade);
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
    case 'AddLabels':
    case 'RemoveLabels':
    case 'ReplaceLabels':
      return labelling(command, inService(state, command.deviceId).labels);
    case 'RetireDevice':
      return retire(command.deviceId, state);
    case 'RemoveDevice':
      return remove(command, state);
    case 'ClaimDevice':
      return claim(command.deviceId, command.windowId, state);
    case 'ReleaseDevice':
      return release(command.deviceId, command.windowId, state);
  }
};
