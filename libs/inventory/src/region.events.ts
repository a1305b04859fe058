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
    /** Of network devices; left out is null. */
    modelName?: string | null;
    osVersion?: string | null;
    vlans?: string | null;
    /** Left out when there are none. */
    labels?: readonly string[];
    /** The mark of the source that brought it; left out for what nobody keeps in step. */
    managedBy?: string;
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
export type DeviceModelChanged = Event<'DeviceModelChanged', { deviceId: string; modelName: string | null }>;
export type DeviceOsVersionChanged = Event<
  'DeviceOsVersionChanged',
  { deviceId: string; osVersion: string | null }
>;
export type DeviceVlansChanged = Event<'DeviceVlansChanged', { deviceId: string; vlans: string | null }>;
/** Only those that it did not have. */
export type LabelsAdded = Event<'LabelsAdded', { deviceId: string; labels: readonly string[] }>;
/** Only those that it had. */
export type LabelsRemoved = Event<'LabelsRemoved', { deviceId: string; labels: readonly string[] }>;
/** Out of service for good; its name is free again, its past stays readable. */
export type DeviceRetired = Event<'DeviceRetired', { deviceId: string }>;
/** Registered by mistake: gone from the present. */
export type DeviceRemoved = Event<'DeviceRemoved', { deviceId: string }>;
/** Under the maintenance of this window, and of no other, until it is released. */
export type DeviceClaimed = Event<'DeviceClaimed', { deviceId: string; windowId: string }>;
export type DeviceReleased = Event<'DeviceReleased', { deviceId: string; windowId: string }>;

/** What an address range is. `netmask`: in dots for IPv4, the length of the prefix for IPv6. */
export interface AddressRange {
  readonly cidr: string;
  readonly gateway: string;
  readonly netmask: string;
}
export type NetworkRegistered = Event<
  'NetworkRegistered',
  AddressRange & {
    networkId: string;
    cloudId: string;
    name: string;
    cellId: string | null;
    ipBlockType: string | null;
    networkType?: string | null;
    nss: string | null;
  }
>;
export type NetworkRenamed = Event<'NetworkRenamed', { networkId: string; name: string }>;
export type NetworkReaddressed = Event<'NetworkReaddressed', AddressRange & { networkId: string }>;
export type NetworkIpBlockTypeChanged = Event<
  'NetworkIpBlockTypeChanged',
  { networkId: string; ipBlockType: string | null }
>;
export type NetworkTypeChanged = Event<
  'NetworkTypeChanged',
  { networkId: string; networkType: string | null }
>;
export type NetworkNssChanged = Event<'NetworkNssChanged', { networkId: string; nss: string | null }>;
export type NetworkRemoved = Event<'NetworkRemoved', { networkId: string }>;

export interface InterfaceSettings {
  readonly port: number | null;
  readonly speed: number | null;
  readonly vlan: string | null;
  readonly duplex: string | null;
  readonly link: string | null;
  readonly cdp: string | null;
  readonly security: string | null;
}
export type InterfaceRegistered = Event<
  'InterfaceRegistered',
  InterfaceSettings & {
    interfaceId: string;
    deviceId: string;
    name: string;
    interfaceType: string;
    ipAddress: string;
    networkId: string | null;
    vlanId: number | null;
  }
>;
export type InterfaceRenamed = Event<'InterfaceRenamed', { interfaceId: string; name: string }>;
export type InterfaceTypeChanged = Event<
  'InterfaceTypeChanged',
  { interfaceId: string; interfaceType: string }
>;
/** Both, though only one of them may have changed: they belong together. */
export type InterfaceReaddressed = Event<
  'InterfaceReaddressed',
  { interfaceId: string; ipAddress: string; networkId: string | null }
>;
/** Only the settings that changed. */
export type InterfaceSettingsChanged = Event<
  'InterfaceSettingsChanged',
  Partial<InterfaceSettings> & { interfaceId: string; vlanId?: number | null }
>;
export type InterfaceRemoved = Event<'InterfaceRemoved', { interfaceId: string }>;

/** Nothing can be registered in it any more: the first step of removing a region. */
export type RegionClosed = Event<'RegionClosed', Record<string, never>>;

export type CellEvent = CellRegistered | CellRenamed | CellNoteChanged | CellRemoved;
export type DeviceEvent =
  | DeviceRegistered
  | DeviceRenamed
  | DeviceAddressChanged
  | DeviceTypeChanged
  | DeviceActivated
  | DeviceDeactivated
  | DeviceNoteChanged
  | DeviceMovedToCell
  | DeviceMovedToParent
  | DeviceModelChanged
  | DeviceOsVersionChanged
  | DeviceVlansChanged
  | LabelsAdded
  | LabelsRemoved
  | DeviceRetired
  | DeviceRemoved
  | DeviceClaimed
  | DeviceReleased;
export type NetworkEvent =
  | NetworkRegistered
  | NetworkRenamed
  | NetworkReaddressed
  | NetworkIpBlockTypeChanged
  | NetworkTypeChanged
  | NetworkNssChanged
  | NetworkRemoved;
export type InterfaceEvent =
  | InterfaceRegistered
  | InterfaceRenamed
  | InterfaceTypeChanged
  | InterfaceReaddressed
  | InterfaceSettingsChanged
  | InterfaceRemoved;

/**
 * Stream `region-<id>`: names of cells, devices and networks are unique in it, those of interfaces in their device; the device
 * tree has no cycle, references exist.
 */
export type RegionEvent = CellEvent | DeviceEvent | NetworkEvent | InterfaceEvent | RegionClosed;
