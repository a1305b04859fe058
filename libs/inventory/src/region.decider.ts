import type { Decider } from '#libs/kernel/src/decider.js';
import { evolveRegion } from './region-evolve.policy.js';
import {
  decideSingle,
  putBack,
  type PutBackCommand,
  type SingleRegionCommand,
} from './region-put-back.policy.js';
import { type ThinOutCommand, thinningOut } from './region-removal.policy.js';
import { emptyRegion, type Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

export type RegionCommand = SingleRegionCommand | PutBackCommand | ThinOutCommand;

const decide = (command: RegionCommand, state: Region): readonly RegionEvent[] => {
  if (command.type === 'PutBack') return putBack(command, state);
  return command.type === 'ThinOut' ? thinningOut(command, state) : decideSingle(command, state);
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
