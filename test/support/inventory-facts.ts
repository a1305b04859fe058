import type { Fact } from './event-log.js';

/** What happens in the examples of the inventory's read models. */
export const cloud = (cloudId: string): Fact => [
  'CloudRegistered',
  { cloudId, name: `name of ${cloudId}`, note: null },
];
export const region = (regionId: string): Fact => [
  'RegionRegistered',
  { regionId, name: `name of ${regionId}`, note: 'n' },
];
export const cell = (cellId: string): Fact => [
  'CellRegistered',
  { cellId, cloudId: 'c1', name: `name of ${cellId}`, note: null },
];
export const device = (
  deviceId: string,
  more: Partial<Record<string, string | boolean | null | readonly string[]>> = {},
): Fact => [
  'DeviceRegistered',
  {
    deviceId,
    kind: 'host',
    cloudId: 'c1',
    name: `name of ${deviceId}`,
    ipAddress: '10.0.0.1',
    deviceType: 'compute',
    cellId: null,
    parentId: null,
    active: true,
    note: null,
    ...more,
  } as Fact[1],
];

export const labelled = (deviceId: string, ...labels: string[]): Fact => [
  'LabelsAdded',
  { deviceId, labels },
];
export const network = (networkId: string, more: Partial<Record<string, string | null>> = {}): Fact => [
  'NetworkRegistered',
  {
    networkId,
    cloudId: 'c1',
    name: `name of ${networkId}`,
    cidr: '10.0.0.0/24',
    gateway: '10.0.0.1',
    netmask: '255.255.255.0',
    cellId: null,
    ipBlockType: null,
    nss: null,
    ...more,
  } as Fact[1],
];
export const port = (
  interfaceId: string,
  more: Partial<Record<string, string | number | null>> = {},
): Fact => [
  'InterfaceRegistered',
  {
    interfaceId,
    deviceId: 'd1',
    name: `name of ${interfaceId}`,
    interfaceType: 'ethernet',
    ipAddress: '10.0.0.5',
    networkId: null,
    vlanId: null,
    port: 1,
    speed: 1000,
    vlan: null,
    duplex: 'full',
    link: null,
    cdp: null,
    security: null,
    ...more,
  } as Fact[1],
];
