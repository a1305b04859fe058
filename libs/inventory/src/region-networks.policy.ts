import { DomainError } from '#libs/kernel/src/errors.js';
import { isAddressIn, isHostAddress, netmaskOf } from './address.policy.js';
import { demandCell, demandOpen } from './region-cells.policy.js';
import { removal } from './region-removal.policy.js';
import { called, dependentsOf, type Network, type Region } from './region-state.policy.js';
import type { AddressRange, RegionEvent } from './region.events.js';

/** Addresses are canonical text. A netmask that is left out follows from the CIDR. */
export type NetworkCommand =
  | {
      type: 'RegisterNetwork';
      networkId: string;
      cloudId: string;
      name: string;
      cidr: string;
      gateway: string;
      netmask?: string;
      cellId: string | null;
      ipBlockType: string | null;
      networkType?: string | null;
      nss: string | null;
    }
  | {
      type: 'ChangeNetwork';
      networkId: string;
      name?: string;
      cidr?: string;
      gateway?: string;
      netmask?: string;
      ipBlockType?: string | null;
      networkType?: string | null;
      nss?: string | null;
    }
  | { type: 'RemoveNetwork'; networkId: string; cascade?: boolean };

export const networkOf = (state: Region, networkId: string): Network => {
  const network = state.networks.get(networkId);
  if (!network) throw new DomainError('not-found', `there is no network ${networkId} in the region`);
  return network;
};

const demandFreeName = (state: Region, name: string): void => {
  if (state.networkNames.has(name))
    throw new DomainError('already-exists', `a network named ${name} already exists`);
};

const refuse = (member: keyof AddressRange, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

/** The three say the same, or one of them is wrong. */
const fitting = ({
  cidr,
  gateway,
  netmask,
}: Omit<AddressRange, 'netmask'> & { netmask?: string }): AddressRange => {
  const mask = netmaskOf(cidr) ?? refuse('cidr', 'must be a network such as 10.0.0.0/24 or 2001:db8::/64');
  if (netmask !== undefined && netmask !== mask) refuse('netmask', `must be ${mask}, as ${cidr} says`);
  if (!isHostAddress(cidr, gateway)) refuse('gateway', `must be the address of a host in ${cidr}`);
  return { cidr, gateway, netmask: mask };
};

const register = (
  { type: _type, networkId, cloudId, ...network }: Extract<NetworkCommand, { type: 'RegisterNetwork' }>,
  state: Region,
): readonly RegionEvent[] => {
  const { name, cellId, ipBlockType, networkType, nss } = network;
  demandOpen(state);
  demandFreeName(state, name);
  demandCell(state, cellId);
  const facts = {
    networkId,
    cloudId,
    name,
    ...fitting(network),
    cellId,
    ipBlockType,
    ...(networkType && { networkType }),
    nss,
  };
  return [{ type: 'NetworkRegistered', data: facts }];
};

type Change = Extract<NetworkCommand, { type: 'ChangeNetwork' }>;

const namesShown = 3;

const demandAllInside = (state: Region, networkId: string, cidr: string): void => {
  const outside = [...dependentsOf(state, networkId)].filter(
    (id) => !isAddressIn(cidr, state.interfaces.get(id)?.ipAddress ?? ''),
  );
  if (outside.length === 0) return;
  const names = outside
    .slice(0, namesShown)
    .map((id) => `${called(state, id)} (${state.interfaces.get(id)?.ipAddress})`);
  const rest = outside.length > namesShown ? ` and ${outside.length - namesShown} more` : '';
  const message = `would leave interfaces outside: ${names.join(', ')}${rest}`;
  throw new DomainError('illegal-state', `cidr ${message}`, { violations: [{ member: 'cidr', message }] });
};

const readdress = (
  { networkId, cidr, gateway, netmask }: Change,
  known: Network,
  state: Region,
): readonly RegionEvent[] => {
  if (cidr === undefined && gateway === undefined && netmask === undefined) return [];
  const range = fitting({
    cidr: cidr ?? known.cidr,
    gateway: gateway ?? known.gateway,
    ...(netmask !== undefined && { netmask }),
  });
  if (range.cidr !== known.cidr) demandAllInside(state, networkId, range.cidr);
  return range.cidr === known.cidr && range.gateway === known.gateway
    ? []
    : [{ type: 'NetworkReaddressed', data: { networkId, ...range } }];
};

const change = (command: Change, state: Region): readonly RegionEvent[] => {
  const { networkId, name, ipBlockType, networkType, nss } = command;
  const known = networkOf(state, networkId);
  const events: RegionEvent[] = [];
  if (name !== undefined && name !== known.name) {
    demandFreeName(state, name);
    events.push({ type: 'NetworkRenamed', data: { networkId, name } });
  }
  events.push(...readdress(command, known, state));
  if (ipBlockType !== undefined && ipBlockType !== known.ipBlockType)
    events.push({ type: 'NetworkIpBlockTypeChanged', data: { networkId, ipBlockType } });
  if (networkType !== undefined && networkType !== known.networkType)
    events.push({ type: 'NetworkTypeChanged', data: { networkId, networkType } });
  if (nss !== undefined && nss !== known.nss)
    events.push({ type: 'NetworkNssChanged', data: { networkId, nss } });
  return events;
};

export const decideNetwork = (command: NetworkCommand, state: Region): readonly RegionEvent[] => {
  switch (command.type) {
    case 'RegisterNetwork':
      return register(command, state);
    case 'ChangeNetwork':
      return change(command, state);
    case 'RemoveNetwork':
      networkOf(state, command.networkId);
      return removal(state, command.networkId, command.cascade);
  }
};
