import type { Decider } from '#libs/kernel/src/decider.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { OwnerKind, VariablesEvent } from './variables.events.js';

export type VariablesCommand =
  | { type: 'SetVariables'; ownerKind: OwnerKind; values: Readonly<Record<string, Json>> }
  | { type: 'RemoveVariables'; ownerKind: OwnerKind; keys: readonly string[] };

/** Values as JSON text with sorted members: enough to see whether a value changes. */
export type Variables = Map<string, string>;

const canonical = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
};

const set = (
  { ownerKind, values }: Extract<VariablesCommand, { type: 'SetVariables' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const changed = Object.entries(values).filter(([key, value]) => state.get(key) !== canonical(value));
  return changed.length > 0
    ? [{ type: 'VariablesSet', data: { ownerKind, values: Object.fromEntries(changed) } }]
    : [];
};

const remove = (
  { ownerKind, keys }: Extract<VariablesCommand, { type: 'RemoveVariables' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const present = [...new Set(keys)].filter((key) => state.has(key));
  return present.length > 0 ? [{ type: 'VariablesRemoved', data: { ownerKind, keys: present } }] : [];
};

const decide = (command: VariablesCommand, state: Variables): readonly VariablesEvent[] => {
  switch (command.type) {
    case 'SetVariables':
      return set(command, state);
    case 'RemoveVariables':
      return remove(command, state);
  }
};

const evolve = (state: Variables, event: VariablesEvent): Variables => {
  switch (event.type) {
    case 'VariablesSet':
      for (const [key, value] of Object.entries(event.data.values)) state.set(key, canonical(value));
      return state;
    case 'VariablesRemoved':
      for (const key of event.data.keys) state.delete(key);
      return state;
  }
};

export const variables: Decider<Variables, VariablesCommand, VariablesEvent> = {
  category: 'variables',
  initialState: () => new Map(),
  decide,
  evolve,
};
