import { type Evolvers, evolveInPlace } from '#libs/kernel/src/decider.js';
import {
  type Cell,
  dependentsOf,
  type Device,
  hang,
  type Interface,
  interfaceKey,
  type Network,
  type Region,
  unhang,
} from './region-state.policy.js';
import type {
  CellEvent,
  DeviceEvent,
  InterfaceEvent,
  NetworkEvent,
  RegionClosed,
  RegionEvent,
} from './region.events.js';

const changeCell = (state: Region, id: string, change: Partial<Cell>): void => {
  const cell = state.cells.get(id);
  if (!cell) return;
  if (change.name !== undefined) {
    state.cellNames.delete(cell.name);
    state.cellNames.add(change.name);
  }
  state.cells.set(id, { ...cell, ...change });
};

const cells: Evolvers<Region, CellEvent> = {
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
};

const unlabelled: ReadonlySet<string> = new Set();

const withDevice = (state: Region, id: string, change: (device: Device) => void): void => {
  const device = state.devices.get(id);
  if (device) change(device);
};

const takeOutOfService = (state: Region, id: string, { name, cellId, parentId }: Device): void => {
  state.names.delete(name);
  unhang(state, id, cellId);
  unhang(state, id, parentId);
  for (const part of dependentsOf(state, id))
    unhang(state, part, state.interfaces.get(part)?.networkId ?? null);
};

const rename = (state: Region, device: Device, name: string): void => {
  state.names.delete(device.name);
  state.names.add(name);
  device.name = name;
};

const hangUnder = (state: Region, id: string, what: 'cellId' | 'parentId', under: string | null): void =>
  withDevice(state, id, (device) => {
    unhang(state, id, device[what]);
    hang(state, id, under);
    device[what] = under;
  });

const devices: Evolvers<Region, DeviceEvent> = {
  DeviceRegistered: (state, facts) => {
    const { deviceId, kind, name, ipAddress, deviceType, cellId, parentId, active, note } = facts;
    const { modelName = null, osVersion = null, vlans = null, managedBy, labels } = facts;
    // Member by member: to copy all but some of them is slower, and there are many devices.
    state.devices.set(deviceId, {
      kind,
      name,
      ipAddress,
      deviceType,
      cellId,
      parentId,
      active,
      note,
      modelName,
      osVersion,
      vlans,
      ...(managedBy !== undefined && { managedBy }),
      labels: labels ? new Set(labels) : unlabelled,
      retired: false,
      claimedBy: null,
    });
    state.names.add(name);
    hang(state, deviceId, cellId);
    hang(state, deviceId, parentId);
  },
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
  DeviceMovedToCell: (state, { deviceId, cellId }) => hangUnder(state, deviceId, 'cellId', cellId),
  DeviceMovedToParent: (state, { deviceId, parentId }) => hangUnder(state, deviceId, 'parentId', parentId),
  DeviceModelChanged: (state, { deviceId, modelName }) =>
    withDevice(state, deviceId, (device) => (device.modelName = modelName)),
  DeviceOsVersionChanged: (state, { deviceId, osVersion }) =>
    withDevice(state, deviceId, (device) => (device.osVersion = osVersion)),
  DeviceVlansChanged: (state, { deviceId, vlans }) =>
    withDevice(state, deviceId, (device) => (device.vlans = vlans)),
  LabelsAdded: (state, { deviceId, labels }) =>
    withDevice(state, deviceId, (device) => (device.labels = new Set([...device.labels, ...labels]))),
  LabelsRemoved: (state, { deviceId, labels }) =>
    withDevice(state, deviceId, (device) => {
      device.labels = new Set([...device.labels].filter((label) => !labels.includes(label)));
    }),
  DeviceRetired: (state, { deviceId }) =>
    withDevice(state, deviceId, (device) => {
      takeOutOfService(state, deviceId, device);
      device.retired = true;
    }),
  DeviceRemoved: (state, { deviceId }) =>
    withDevice(state, deviceId, (device) => {
      if (!device.retired) takeOutOfService(state, deviceId, device);
      state.devices.delete(deviceId);
    }),
  DeviceClaimed: (state, { deviceId, windowId }) =>
    withDevice(state, deviceId, (device) => (device.claimedBy = windowId)),
  DeviceReleased: (state, { deviceId }) => withDevice(state, deviceId, (device) => (device.claimedBy = null)),
};

const changeNetwork = (state: Region, id: string, change: Partial<Network>): void => {
  const network = state.networks.get(id);
  if (!network) return;
  if (change.name !== undefined) {
    state.networkNames.delete(network.name);
    state.networkNames.add(change.name);
  }
  state.networks.set(id, { ...network, ...change });
};

const networks: Evolvers<Region, NetworkEvent> = {
  NetworkRegistered: (state, { networkId, cloudId: _cloud, networkType = null, ...network }) => {
    state.networks.set(networkId, { ...network, networkType });
    state.networkNames.add(network.name);
    hang(state, networkId, network.cellId);
  },
  NetworkRenamed: (state, { networkId, name }) => changeNetwork(state, networkId, { name }),
  NetworkReaddressed: (state, { networkId, ...range }) => changeNetwork(state, networkId, range),
  NetworkIpBlockTypeChanged: (state, { networkId, ipBlockType }) =>
    changeNetwork(state, networkId, { ipBlockType }),
  NetworkTypeChanged: (state, { networkId, networkType }) => changeNetwork(state, networkId, { networkType }),
  NetworkNssChanged: (state, { networkId, nss }) => changeNetwork(state, networkId, { nss }),
  NetworkRemoved: (state, { networkId }) => {
    const network = state.networks.get(networkId);
    if (!network) return;
    state.networkNames.delete(network.name);
    unhang(state, networkId, network.cellId);
    state.networks.delete(networkId);
  },
};

const changeInterface = (state: Region, id: string, change: Partial<Interface>): void => {
  const known = state.interfaces.get(id);
  if (!known) return;
  if (change.name !== undefined) {
    state.interfaceNames.delete(interfaceKey(known.deviceId, known.name));
    state.interfaceNames.add(interfaceKey(known.deviceId, change.name));
  }
  state.interfaces.set(id, { ...known, ...change });
};

const interfaces: Evolvers<Region, InterfaceEvent> = {
  InterfaceRegistered: (state, { interfaceId, ...facts }) => {
    state.interfaces.set(interfaceId, facts);
    state.interfaceNames.add(interfaceKey(facts.deviceId, facts.name));
    hang(state, interfaceId, facts.deviceId);
    hang(state, interfaceId, facts.networkId);
  },
  InterfaceRenamed: (state, { interfaceId, name }) => changeInterface(state, interfaceId, { name }),
  InterfaceTypeChanged: (state, { interfaceId, interfaceType }) =>
    changeInterface(state, interfaceId, { interfaceType }),
  InterfaceReaddressed: (state, { interfaceId, ipAddress, networkId }) => {
    unhang(state, interfaceId, state.interfaces.get(interfaceId)?.networkId ?? null);
    hang(state, interfaceId, networkId);
    changeInterface(state, interfaceId, { ipAddress, networkId });
  },
  InterfaceSettingsChanged: (state, { interfaceId, ...settings }) =>
    changeInterface(state, interfaceId, settings),
  InterfaceRemoved: (state, { interfaceId }) => {
    const known = state.interfaces.get(interfaceId);
    if (!known) return;
    state.interfaceNames.delete(interfaceKey(known.deviceId, known.name));
    unhang(state, interfaceId, known.deviceId);
    unhang(state, interfaceId, known.networkId);
    state.interfaces.delete(interfaceId);
  },
};

const closing: Evolvers<Region, RegionClosed> = {
  RegionClosed: (state) => {
    state.closed = true;
  },
};

export const evolveRegion = evolveInPlace<Region, RegionEvent>({
  ...cells,
  ...devices,
  ...networks,
  ...interfaces,
  ...closing,
});
