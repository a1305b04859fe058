import { DomainError } from '#libs/kernel/src/errors.js';
import { isAddressIn } from './address.policy.js';
import { demandOpen } from './region-cells.policy.js';
import { inService } from './region-devices.policy.js';
import { networkOf } from './region-networks.policy.js';
import { removal } from './region-removal.policy.js';
import { type Interface, interfaceKey, type Network, type Region } from './region-state.policy.js';
import type { InterfaceSettings, RegionEvent } from './region.events.js';

export type InterfaceCommand =
  | (InterfaceSettings & {
      type: 'RegisterInterface';
      interfaceId: string;
      deviceId: string;
      name: string;
      interfaceType: string;
      ipAddress: string;
      networkId: string | null;
      vlanId: number | null;
    })
  | (Partial<InterfaceSettings> & {
      type: 'ChangeInterface';
      interfaceId: string;
      name?: string;
      interfaceType?: string;
      ipAddress?: string;
      networkId?: string | null;
      vlanId?: number | null;
    })
  | { type: 'RemoveInterface'; interfaceId: string };

const interfaceOf = (state: Region, interfaceId: string): Interface => {
  const found = state.interfaces.get(interfaceId);
  if (!found) throw new DomainError('not-found', `there is no interface ${interfaceId} in the region`);
  return found;
};

const demandFreeName = (state: Region, deviceId: string, name: string): void => {
  if (!state.interfaceNames.has(interfaceKey(deviceId, name))) return;
  const device = state.devices.get(deviceId)?.name ?? deviceId;
  throw new DomainError('already-exists', `${device} already has an interface named ${name}`);
};

const demandInside = ({ name, cidr }: Network, ipAddress: string): void => {
  if (isAddressIn(cidr, ipAddress)) return;
  const message = `must be in ${cidr}, as network ${name} is`;
  throw new DomainError('illegal-state', `ip_address ${message}`, {
    violations: [{ member: 'ip_address', message }],
  });
};

const register = (
  { type: _type, ...facts }: Extract<InterfaceCommand, { type: 'RegisterInterface' }>,
  state: Region,
): readonly RegionEvent[] => {
  const { deviceId, networkId, name } = facts;
  demandOpen(state);
  inService(state, deviceId);
  if (networkId !== null) demandInside(networkOf(state, networkId), facts.ipAddress);
  demandFreeName(state, deviceId, name);
  return [{ type: 'InterfaceRegistered', data: facts }];
};

type Change = Extract<InterfaceCommand, { type: 'ChangeInterface' }>;

/** What neither is given anew is left as it is, though it may be from before addresses had to be in their network. */
const readdress = (
  { interfaceId, ipAddress, networkId }: Change,
  known: Interface,
  state: Region,
): readonly RegionEvent[] => {
  const wanted = {
    ipAddress: ipAddress ?? known.ipAddress,
    networkId: networkId === undefined ? known.networkId : networkId,
  };
  if (wanted.ipAddress === known.ipAddress && wanted.networkId === known.networkId) return [];
  if (wanted.networkId !== null) demandInside(networkOf(state, wanted.networkId), wanted.ipAddress);
  return [{ type: 'InterfaceReaddressed', data: { interfaceId, ...wanted } }];
};

const change = (command: Change, state: Region): readonly RegionEvent[] => {
  const {
    type: _type,
    interfaceId,
    name,
    interfaceType,
    ipAddress: _ip,
    networkId: _in,
    ...wanted
  } = command;
  const known = interfaceOf(state, interfaceId);
  inService(state, known.deviceId);
  const events: RegionEvent[] = [];
  if (name !== undefined && name !== known.name) {
    demandFreeName(state, known.deviceId, name);
    events.push({ type: 'InterfaceRenamed', data: { interfaceId, name } });
  }
  if (interfaceType !== undefined && interfaceType !== known.interfaceType)
    events.push({ type: 'InterfaceTypeChanged', data: { interfaceId, interfaceType } });
  events.push(...readdress(command, known, state));
  const settings = Object.entries(wanted).filter(
    ([member, value]) => value !== undefined && value !== known[member as keyof Interface],
  );
  if (settings.length > 0)
    events.push({
      type: 'InterfaceSettingsChanged',
      data: { interfaceId, ...(Object.fromEntries(settings) as Partial<InterfaceSettings>) },
    });
  return events;
};

export const decideInterface = (command: InterfaceCommand, state: Region): readonly RegionEvent[] => {
  switch (command.type) {
    case 'RegisterInterface':
      return register(command, state);
    case 'ChangeInterface':
      return change(command, state);
    case 'RemoveInterface':
      interfaceOf(state, command.interfaceId);
      return removal(state, command.interfaceId);
  }
};
