import type { Region } from './region-state.policy.js';

const copied = <Thing extends object>(things: ReadonlyMap<string, Thing>): Map<string, Thing> => {
  const copy = new Map<string, Thing>();
  for (const [id, thing] of things) copy.set(id, { ...thing });
  return copy;
};

/** A region to try things out on: what happens to it does not happen to the one that it was copied from. */
export const copyOf = (state: Region): Region => {
  const dependents = new Map<string, Set<string>>();
  for (const [id, those] of state.dependents) dependents.set(id, new Set(those));
  return {
    closed: state.closed,
    cells: new Map(state.cells),
    cellNames: new Set(state.cellNames),
    devices: copied(state.devices),
    names: new Set(state.names),
    networks: new Map(state.networks),
    networkNames: new Set(state.networkNames),
    interfaces: new Map(state.interfaces),
    interfaceNames: new Set(state.interfaceNames),
    dependents,
  };
};
