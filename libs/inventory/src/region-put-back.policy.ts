import { DomainError } from '#libs/kernel/src/errors.js';
import { type CellCommand, decideCell } from './region-cells.policy.js';
import { copyOf } from './region-copy.policy.js';
import { decideDevice, type DeviceCommand } from './region-devices.policy.js';
import { evolveRegion } from './region-evolve.policy.js';
import { decideInterface, type InterfaceCommand } from './region-interfaces.policy.js';
import { decideNetwork, type NetworkCommand } from './region-networks.policy.js';
import { called, type Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

export type SingleRegionCommand = CellCommand | DeviceCommand | NetworkCommand | InterfaceCommand;

export interface PutBackStep {
  readonly command: SingleRegionCommand;
  /** Members that must still be so: what is put back was looked at before. */
  readonly expects?: Readonly<Record<string, unknown>>;
}

/** All of the steps, each on what the ones before it bring about, or none of them. */
export interface PutBackCommand {
  type: 'PutBack';
  steps: readonly PutBackStep[];
}

// An interface names its device and its network, and these their cell: the first of these is whom it is about.
export const decideSingle = (command: SingleRegionCommand, state: Region): readonly RegionEvent[] => {
  if ('interfaceId' in command) return decideInterface(command, state);
  if ('networkId' in command) return decideNetwork(command, state);
  return 'deviceId' in command ? decideDevice(command, state) : decideCell(command, state);
};

export const subjectOf = (command: SingleRegionCommand): string => {
  if ('interfaceId' in command) return command.interfaceId;
  if ('networkId' in command) return command.networkId;
  if ('deviceId' in command) return command.deviceId;
  return 'cellId' in command ? command.cellId : '';
};

const known = (state: Region, id: string): object | undefined =>
  state.devices.get(id) ?? state.interfaces.get(id) ?? state.networks.get(id) ?? state.cells.get(id);

const demandThere = (command: SingleRegionCommand, state: Region): void => {
  // Whoever makes something new has a new identifier for it; what is put back has its old one.
  const id = subjectOf(command);
  if (command.type.startsWith('Register') && known(state, id))
    throw new DomainError('already-exists', `${called(state, id)} is there already`);
};

const decideStep = ({ command, expects = {} }: PutBackStep, state: Region): readonly RegionEvent[] => {
  const id = subjectOf(command);
  const thing = (known(state, id) ?? {}) as Readonly<Record<string, unknown>>;
  const changed = Object.keys(expects).find((member) => thing[member] !== expects[member]);
  if (changed !== undefined)
    throw new DomainError('illegal-state', `${called(state, id)} has been changed meanwhile: ${changed}`);
  demandThere(command, state);
  return decideSingle(command, state);
};

/** What each of the steps comes to, or its refusal; those that are refused are left out for the ones behind them. */
export const tryPuttingBack = (
  steps: readonly PutBackStep[],
  state: Region,
): readonly (readonly RegionEvent[] | DomainError)[] => {
  const copy = copyOf(state);
  return steps.map((step) => {
    try {
      const events = decideStep(step, copy);
      for (const event of events) evolveRegion(copy, event);
      return events;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  });
};

export const putBack = ({ steps }: PutBackCommand, state: Region): readonly RegionEvent[] => {
  const [only] = steps;
  // A copy of a large region takes a while.
  if (only && steps.length === 1) return decideStep(only, state);
  return tryPuttingBack(steps, state).flatMap((outcome) => {
    if (outcome instanceof DomainError) throw outcome;
    return outcome;
  });
};
