import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { CloudEvent } from './cloud.events.js';
import { refuseFor } from './hanging.policy.js';

export type CloudCommand =
  | { type: 'RegisterRegion'; regionId: string; name: string; note: string | null }
  | { type: 'ChangeRegion'; regionId: string; name?: string; note?: string | null }
  | { type: 'RemoveRegion'; regionId: string }
  /** `regions`: those that were emptied and closed before; they go with it. */
  | { type: 'CloseCloud'; regions?: readonly string[] };

interface Region {
  readonly name: string;
  readonly note: string | null;
}

export interface Cloud {
  closed: boolean;
  readonly regions: Map<string, Region>;
}

const regionOf = (state: Cloud, regionId: string): Region => {
  const region = state.regions.get(regionId);
  if (!region) throw new DomainError('not-found', `there is no region ${regionId} in the cloud`);
  return region;
};

const demandFreeName = (state: Cloud, name: string): void => {
  for (const region of state.regions.values()) {
    if (region.name === name)
      throw new DomainError('already-exists', `a region named ${name} already exists`);
  }
};

const register = (
  { regionId, name, note }: { regionId: string; name: string; note: string | null },
  state: Cloud,
): readonly CloudEvent[] => {
  if (state.closed) throw new DomainError('illegal-state', 'the cloud is being removed');
  demandFreeName(state, name);
  return [{ type: 'RegionRegistered', data: { regionId, name, note } }];
};

const change = (
  { regionId, name, note }: { regionId: string; name?: string; note?: string | null },
  state: Cloud,
): readonly CloudEvent[] => {
  const region = regionOf(state, regionId);
  const events: CloudEvent[] = [];
  if (name !== undefined && name !== region.name) {
    demandFreeName(state, name);
    events.push({ type: 'RegionRenamed', data: { regionId, name } });
  }
  if (note !== undefined && note !== region.note) {
    events.push({ type: 'RegionNoteChanged', data: { regionId, note } });
  }
  return events;
};

const close = (emptied: readonly string[], state: Cloud): readonly CloudEvent[] => {
  if (state.closed) return [];
  const gone = new Set(emptied.filter((id) => state.regions.has(id)));
  const left = [...state.regions.keys()].filter((id) => !gone.has(id));
  if (left.length > 0)
    refuseFor('the cloud', left.length, left, (id) => `region ${regionOf(state, id).name}`);
  const removed = [...gone].map((regionId): CloudEvent => ({ type: 'RegionRemoved', data: { regionId } }));
  return [...removed, { type: 'CloudClosed', data: {} }];
};

const decide = (command: CloudCommand, state: Cloud): readonly CloudEvent[] => {
  switch (command.type) {
    case 'RegisterRegion':
      return register(command, state);
    case 'ChangeRegion':
      return change(command, state);
    case 'RemoveRegion':
      regionOf(state, command.regionId);
      return [{ type: 'RegionRemoved', data: { regionId: command.regionId } }];
    case 'CloseCloud':
      return close(command.regions ?? [], state);
  }
};

const changeKnown = (state: Cloud, regionId: string, changed: Partial<Region>): void => {
  const region = state.regions.get(regionId);
  if (region) state.regions.set(regionId, { ...region, ...changed });
};

const evolve = (state: Cloud, { type, data }: CloudEvent): Cloud => {
  switch (type) {
    case 'RegionRegistered':
      state.regions.set(data.regionId, { name: data.name, note: data.note });
      break;
    case 'RegionRenamed':
      changeKnown(state, data.regionId, { name: data.name });
      break;
    case 'RegionNoteChanged':
      changeKnown(state, data.regionId, { note: data.note });
      break;
    case 'RegionRemoved':
      state.regions.delete(data.regionId);
      break;
    case 'CloudClosed':
      state.closed = true;
      break;
  }
  return state;
};

/** Which cloud it is, and whose, is known to whoever sends the command; the stream itself begins with the first region. */
export const cloud: Decider<Cloud, CloudCommand, CloudEvent> = {
  category: 'cloud',
  initialState: () => ({ closed: false, regions: new Map() }),
  decide,
  evolve,
  subject: ({ data }) => ('regionId' in data ? data.regionId : ''),
};
