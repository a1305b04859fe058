import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export type DeviceKind = 'host' | 'network-device' | 'container';

export type CellRegistered = Event<
  'CellRegistered',
  { cellId: string; cloudId: string; name: string; note: string | null }
>;
export type CellRenamed = Event<'CellRenamed', { cellId: string; name: string }>;
export type CellNoteChanged = Event<'CellNoteChanged', { cellId: string; note: string | null }>;
export type CellRemoved = Event<'CellRemoved', { cellId: string }>;
export type DeviceRegistered = Event<
  'DeviceRegistered',
  {
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
>;
export type DeviceRenamed = Event<'DeviceRenamed', { deviceId: string; name: string }>;
export type DeviceAddressChanged = Event<'DeviceAddressChanged', { deviceId: string; ipAddress: string }>;
export type DeviceTypeChanged = Event<'DeviceTypeChanged', { deviceId: string; deviceType: string }>;
export type DeviceActivated = Event<'DeviceActivated', { deviceId: string }>;
export type DeviceDeactivated = Event<'DeviceDeactivated', { deviceId: string }>;
export type DeviceNoteChanged = Event<'DeviceNoteChanged', { deviceId: string; note: string | null }>;
export type DeviceMovedToCell = Event<'DeviceMovedToCell', { deviceId: string; cellId: string | null }>;
export type DeviceMovedToParent = Event<'DeviceMovedToParent', { deviceId: string; parentId: string | null }>;
/** Out of service for good; its name is free again, its past stays readable. */
export type DeviceRetired = Event<'DeviceRetired', { deviceId: string }>;
/** Registered by mistake: gone from the present. */
export type DeviceRemoved = Event<'DeviceRemoved', { deviceId: string }>;
/** Under the maintenance of this window, and of no other, until it is released. */
export type DeviceClaimed = Event<'DeviceClaimed', { deviceId: string; windowId: string }>;
export type DeviceReleased = Event<'DeviceReleased', { deviceId: string; windowId: string }>;
/** Nothing can be registered in it any more: the first step of removing a region. */
export type RegionClosed = Event<'RegionClosed', Record<string, never>>;

/** Stream `region-<id>`: device and cell names are unique in it, the device tree has no cycle, references exist. */
export type RegionEvent =
  | CellRegistered
  | CellRenamed
  | CellNoteChanged
  | CellRemoved
  | DeviceRegistered
  | DeviceRenamed
  | DeviceAddressChanged
  | DeviceTypeChanged
  | DeviceActivated
  | DeviceDeactivated
  | DeviceNoteChanged
  | DeviceMovedToCell
  | DeviceMovedToParent
  | DeviceRetired
  | DeviceRemoved
  | DeviceClaimed
  | DeviceReleased
  | RegionClosed;
