import type { Decider } from '#libs/kernel/src/decider.js';
import { type CellCommand, decideCell } from './region-cells.policy.js';
import { decideDevice, type DeviceCommand } from './region-devices.policy.js';
import { evolveRegion } from './region-evolve.policy.js';
import { decideInterface, type InterfaceCommand } from './region-interfaces.policy.js';
import { decideNetwork, type NetworkCommand } from './region-networks.policy.js';
import { emptyRegion, type Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

export type RegionCommand = CellCommand | DeviceCommand | NetworkCommand | InterfaceCommand;

// An interface names its device and its network, and these their cell: the first of these is whom it is about.
const decide = (command: RegionCommand, state: Region): readonly RegionEvent[] => {
  if ('interfaceId' in command) return decideInterface(command, state);
  if ('networkId' in command) return decideNetwork(command, state);
  return 'deviceId' in command ? decideDevice(command, state) : decideCell(command, state);
};

const subject = ({ data }: RegionEvent): string => {
  if ('interfaceId' in data) return data.interfaceId;
  if ('networkId' in data) return data.networkId;
  if ('deviceId' in data) return data.deviceId;
  return 'cellId' in data ? data.cellId : '';
};

/** Which region it is, of which cloud and project, is known to whoever sends the command. */
export const region: Decider<Region, RegionCommand, RegionEvent> = {
  category: 'region',
  initialState: emptyRegion,
  decide,
  evolve: evolveRegion,
  subject,
};
