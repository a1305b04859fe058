import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { RegionEvent } from '#libs/inventory/src/region.events.js';

export type Register = Extract<RegionCommand, { type: 'RegisterDevice' }>;

const facts = (deviceId: string, more: Partial<Register> = {}) => ({
  deviceId,
  kind: 'host' as const,
  cloudId: 'cloud',
  name: `name-${deviceId}`,
  ipAddress: '10.0.0.1',
  deviceType: 'server',
  cellId: null,
  parentId: null,
  active: true,
  note: null,
  ...more,
});
/** A host with nothing special but what is said of it. */
export const register = (deviceId: string, more: Partial<Register> = {}): Register => ({
  ...facts(deviceId, more),
  type: 'RegisterDevice',
});
export const registered = (deviceId: string, more: Partial<Register> = {}): RegionEvent => {
  const { type: _type, ...data } = register(deviceId, more);
  return { type: 'DeviceRegistered', data };
};

export const cell: RegionEvent = {
  type: 'CellRegistered',
  data: { cellId: 'cell', cloudId: 'cloud', name: 'a', note: null },
};

export const claimed: RegionEvent = {
  type: 'DeviceClaimed',
  data: { deviceId: 'd1', windowId: 'w1' },
};

export const retired: RegionEvent = { type: 'DeviceRetired', data: { deviceId: 'd1' } };

type RegisterNetwork = Extract<RegionCommand, { type: 'RegisterNetwork' }>;

export const registerNetwork = (networkId: string, more: Partial<RegisterNetwork> = {}): RegisterNetwork => ({
  type: 'RegisterNetwork',
  networkId,
  cloudId: 'cloud',
  name: `name-${networkId}`,
  cidr: '10.0.0.0/24',
  gateway: '10.0.0.1',
  netmask: '255.255.255.0',
  cellId: null,
  ipBlockType: null,
  nss: null,
  ...more,
});

export const networkRegistered = (networkId: string, more: Partial<RegisterNetwork> = {}): RegionEvent => {
  const { type: _type, netmask = '255.255.255.0', ...data } = registerNetwork(networkId, more);
  return { type: 'NetworkRegistered', data: { ...data, netmask } };
};

type RegisterInterface = Extract<RegionCommand, { type: 'RegisterInterface' }>;

export const registerInterface = (
  interfaceId: string,
  more: Partial<RegisterInterface> = {},
): RegisterInterface => ({
  type: 'RegisterInterface',
  interfaceId,
  deviceId: 'd1',
  name: `name-${interfaceId}`,
  interfaceType: 'ethernet',
  ipAddress: '10.0.0.5',
  networkId: null,
  vlanId: null,
  port: null,
  speed: null,
  vlan: null,
  duplex: null,
  link: null,
  cdp: null,
  security: null,
  ...more,
});

export const interfaceRegistered = (
  interfaceId: string,
  more: Partial<RegisterInterface> = {},
): RegionEvent => {
  const { type: _type, ...data } = registerInterface(interfaceId, more);
  return { type: 'InterfaceRegistered', data };
};
