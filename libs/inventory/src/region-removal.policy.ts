import { DomainError } from '#libs/kernel/src/errors.js';
import { refuseFor } from './hanging.policy.js';
import { called, childrenOf, dependentsOf, type Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

/** What one append takes. */
const mostAtOnce = 1000;

const refuse = (state: Region, what: string, count: number, ids: Iterable<string>): never =>
  refuseFor(what, count, ids, (id) => called(state, id));

const demandNothingOn = (state: Region, id: string): void => {
  const dependents = dependentsOf(state, id);
  if (dependents.size > 0) refuse(state, called(state, id), dependents.size, dependents);
};

/** What is out of service keeps its interfaces, but no devices under it. */
export const demandNoChildren = (state: Region, deviceId: string): void => {
  const children = childrenOf(state, deviceId);
  if (children.length > 0) refuse(state, called(state, deviceId), children.length, children);
};

export const demandUnclaimed = (state: Region, deviceId: string): void => {
  const device = state.devices.get(deviceId);
  if (device && device.claimedBy !== null) {
    throw new DomainError('illegal-state', `${device.name} is under maintenance window ${device.claimedBy}`);
  }
};

const removed = (state: Region, id: string): RegionEvent => {
  demandUnclaimed(state, id);
  if (state.devices.has(id)) return { type: 'DeviceRemoved', data: { deviceId: id } };
  if (state.networks.has(id)) return { type: 'NetworkRemoved', data: { networkId: id } };
  if (state.cells.has(id)) return { type: 'CellRemoved', data: { cellId: id } };
  return { type: 'InterfaceRemoved', data: { interfaceId: id } };
};

/** These with everything that hangs on them, in an order in which each could go alone. */
const leavesFirst = function* (
  state: Region,
  ids: Iterable<string>,
  seen = new Set<string>(),
): Generator<string> {
  for (const id of ids) {
    if (seen.has(id)) continue;
    seen.add(id);
    yield* leavesFirst(state, dependentsOf(state, id), seen);
    yield id;
  }
};

/** The first of them, and whether these are all. */
const firstOf = (
  things: Iterable<string>,
  most: number,
): { readonly ids: string[]; readonly all: boolean } => {
  const ids: string[] = [];
  for (const id of things) {
    if (ids.length === most) return { ids, all: false };
    ids.push(id);
  }
  return { ids, all: true };
};

const withAllThatHangs = (state: Region, ids: Iterable<string>, room: number): readonly RegionEvent[] => {
  const going = firstOf(leavesFirst(state, ids), room);
  if (!going.all)
    throw new DomainError('payload-too-large', `more than ${mostAtOnce} things would go at once`);
  return going.ids.map((id) => removed(state, id));
};

/** Takes one thing away: alone when nothing hangs on it, else all of it or, without `cascade`, a refusal. */
export const removal = (state: Region, id: string, cascade = false): readonly RegionEvent[] => {
  if (!cascade) demandNothingOn(state, id);
  return withAllThatHangs(state, [id], mostAtOnce);
};

const inRegion = function* ({ cells, networks, devices }: Region): Generator<string> {
  yield* cells.keys();
  yield* networks.keys();
  for (const [id, { retired }] of devices) if (!retired) yield id;
};

/** Empties the region and closes it. What is retired goes from the present with the region. */
export const closing = (state: Region, cascade = false): readonly RegionEvent[] => {
  if (state.closed) return [];
  const count = state.cells.size + state.networks.size + state.names.size;
  if (!cascade && count > 0) refuse(state, 'the region', count, inRegion(state));
  const emptied = withAllThatHangs(state, inRegion(state), mostAtOnce - 1);
  return [...emptied, { type: 'RegionClosed', data: {} }];
};

/** Takes away so much of what hangs on a thing that what is left of it goes in one append; nothing when it does so already. */
export interface ThinOutCommand {
  type: 'ThinOut';
  /** Undefined: the region. */
  id: string | undefined;
  /** What one append takes. */
  most: number;
  /** The first part: nothing goes when any of it is under maintenance. */
  begins: boolean;
}

const isKnown = ({ cells, networks, devices }: Region, id: string): boolean =>
  cells.has(id) || networks.has(id) || devices.has(id);

export const thinningOut = ({ id, most, begins }: ThinOutCommand, state: Region): readonly RegionEvent[] => {
  if (id === undefined ? state.closed : !isKnown(state, id)) return [];
  const things = () => leavesFirst(state, id === undefined ? inRegion(state) : [id]);
  if (begins) for (const one of things()) demandUnclaimed(state, one);
  // The closing of the region goes with the rest of it.
  const { ids, all } = firstOf(things(), id === undefined ? most - 1 : most);
  return all ? [] : ids.map((one) => removed(state, one));
};
