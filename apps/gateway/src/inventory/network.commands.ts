import type { NetworkChange, NewNetwork } from './network.bodies.js';
import { canonicalAddress, canonicalCidr, canonicalNetmask } from './inventory.fields.js';

// What was validated has a canonical form; without one it would be refused for what it is.
const written = (canonical: (text: string) => string | undefined, text: string): string =>
  canonical(text) ?? text;

/** The members that are given, in the command's words. */
export const networkChangesOf = (change: NetworkChange) => {
  const { name, cidr, gateway, netmask, ip_block_type, network_type, nss } = change;
  return {
    ...(name !== undefined && { name }),
    ...(cidr !== undefined && { cidr: written(canonicalCidr, cidr) }),
    ...(gateway !== undefined && { gateway: canonicalAddress(gateway) }),
    ...(netmask !== undefined && { netmask: written(canonicalNetmask, netmask) }),
    ...(ip_block_type !== undefined && { ipBlockType: ip_block_type }),
    ...(network_type !== undefined && { networkType: network_type }),
    ...(nss !== undefined && { nss }),
  };
};

/** A new network, but for its identifier and its cloud. */
export const networkOf = (network: NewNetwork) => {
  const { name, cidr, gateway, cell_id: cellId = null } = network;
  return {
    type: 'RegisterNetwork',
    cellId,
    ipBlockType: null,
    nss: null,
    ...networkChangesOf(network),
    name,
    cidr: written(canonicalCidr, cidr),
    gateway: canonicalAddress(gateway),
  } as const;
};
