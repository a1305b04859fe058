import type { Decider } from '#libs/kernel/src/decider.js';
import { type CellCommand, decideCell } from './region-cells.policy.js';
import { type DeviceCommand, decideDevice } from './region-devices.policy.js';
import { emptyRegion, evolveRegion, type Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

export type RegionCommand = CellCommand | DeviceCommand;

const subject = ({ data }: RegionEvent): string => {
  if ('deviceId' in data) return data.deviceId;
  return 'cellId' in data ? data.cellId : '';
};

/** Which region it is, of which cloud and project, is known to whoever sends the command. */
export const region: Decider<Region, RegionCommand, RegionEvent> = {
  category: 'region',
  initialState: emptyRegion,
  decide: (command, state) =>
    'deviceId' in command ? decideDevice(command, state) : decideCell(command, state),
  evolve: evolveRegion,
  subject,
};
