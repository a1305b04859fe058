import type { AddressRange, DeviceKind, InterfaceSettings } from './region.events.js';

export interface Cell {
  readonly name: string;
  readonly note: string | null;
}

export interface Device {
  readonly kind: DeviceKind;
  name: string;
  ipAddress: string;
  deviceType: string;
  cellId: string | null;
  parentId: string | null;
  active: boolean;
  note: string | null;
  modelName: string | null;
  osVersion: string | null;
  vlans: string | null;
  readonly managedBy?: string;
  labels: ReadonlySet<string>;
  retired: boolean;
  /** The maintenance window that it is under. */
  claimedBy: string | null;
}

export interface Network extends AddressRange {
  readonly name: string;
  readonly cellId: string | null;
  readonly ipBlockType: string | null;
  readonly networkType: string | null;
  readonly nss: string | null;
}

export interface Interface extends InterfaceSettings {
  readonly deviceId: string;
  readonly name: string;
  readonly interfaceType: string;
  readonly ipAddress: string;
  readonly networkId: string | null;
  readonly vlanId: number | null;
}

/** A hundred thousand devices: everything that a decision asks for is a lookup. */
export interface Region {
  closed: boolean;
  readonly cells: Map<string, Cell>;
  readonly cellNames: Set<string>;
  readonly devices: Map<string, Device>;
  /** Names of the devices in service. */
  readonly names: Set<string>;
  readonly networks: Map<string, Network>;
  readonly networkNames: Set<string>;
  readonly interfaces: Map<string, Interface>;
  /** Each behind the device that it is unique in: `interfaceKey`. */
  readonly interfaceNames: Set<string>;
  /**
   * What hangs on a thing, by identifier: devices in service on their cell and parent, networks on their cell, interfaces on
   * their device and, while that is in service, on their network.
   */
  readonly dependents: Map<string, Set<string>>;
}

export const emptyRegion = (): Region => ({
  closed: false,
  cells: new Map(),
  cellNames: new Set(),
  devices: new Map(),
  names: new Set(),
  networks: new Map(),
  networkNames: new Set(),
  interfaces: new Map(),
  interfaceNames: new Set(),
  dependents: new Map(),
});

const nothing: ReadonlySet<string> = new Set();

export const dependentsOf = (state: Region, id: string): ReadonlySet<string> =>
  state.dependents.get(id) ?? nothing;

export const childrenOf = (state: Region, deviceId: string): readonly string[] =>
  [...dependentsOf(state, deviceId)].filter((id) => state.devices.has(id));

export const hang = (state: Region, id: string, on: string | null): void => {
  if (on === null) return;
  const known = state.dependents.get(on);
  if (known) known.add(id);
  else state.dependents.set(on, new Set([id]));
};

export const unhang = (state: Region, id: string, from: string | null): void => {
  if (from === null) return;
  const known = state.dependents.get(from);
  known?.delete(id);
  if (known?.size === 0) state.dependents.delete(from);
};

export const interfaceKey = (deviceId: string, name: string): string => `${deviceId} ${name}`;

/** What it is and how it is called; just the identifier for what is not in the region. */
export const called = (state: Region, id: string): string => {
  const device = state.devices.get(id);
  if (device) return `${device.kind.replace('-', ' ')} ${device.name}`;
  const [kind, thing] = state.cells.has(id)
    ? ['cell', state.cells.get(id)]
    : state.networks.has(id)
      ? ['network', state.networks.get(id)]
      : ['interface', state.interfaces.get(id)];
  return `${kind} ${thing?.name ?? id}`;
};
