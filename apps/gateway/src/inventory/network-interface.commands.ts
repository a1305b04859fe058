import { canonicalAddress } from './inventory.fields.js';
import type { NetworkInterfaceChange, NewNetworkInterface } from './network-interface.bodies.js';

const settings = ['port', 'speed', 'vlan', 'duplex', 'link', 'cdp', 'security'] as const;

/** The members that are given, in the command's words. */
export const interfaceChangesOf = (change: NetworkInterfaceChange) => {
  const { name, interface_type, ip_address, network_id, vlan_id } = change;
  const given = settings.filter((setting) => change[setting] !== undefined);
  return {
    ...(name !== undefined && { name }),
    ...(interface_type !== undefined && { interfaceType: interface_type }),
    ...(ip_address !== undefined && { ipAddress: canonicalAddress(ip_address) }),
    ...(network_id !== undefined && { networkId: network_id }),
    ...(vlan_id !== undefined && { vlanId: vlan_id }),
    ...Object.fromEntries(given.map((setting) => [setting, change[setting]])),
  };
};

/** A new interface, but for its identifier. */
export const interfaceOf = (made: NewNetworkInterface) => {
  const { port = null, speed = null, vlan = null, duplex = null, link = null } = made;
  const { cdp = null, security = null, network_id: networkId = null, vlan_id: vlanId = null } = made;
  return {
    type: 'RegisterInterface',
    deviceId: made.device_id,
    name: made.name,
    interfaceType: made.interface_type,
    ipAddress: canonicalAddress(made.ip_address),
    networkId,
    vlanId,
    port,
    speed,
    vlan,
    duplex,
    link,
    cdp,
    security,
  } as const;
};
