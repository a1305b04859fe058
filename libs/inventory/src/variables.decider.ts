import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { OwnerKind, VariablesEvent } from './variables.events.js';

export type VariablesCommand =
  /** `secrets`: keys of values that are sealed. Whoever seals decides which ones are; a secret is never replaced by a plain value. */
  | {
      type: 'SetVariables';
      ownerKind: OwnerKind;
      values: Readonly<Record<string, Json>>;
      secrets?: readonly string[];
    }
  | { type: 'BindVariables'; ownerKind: OwnerKind; bindings: Readonly<Record<string, Json>> }
  | { type: 'RemoveVariables'; ownerKind: OwnerKind; keys: readonly string[] }
  | { type: 'AttachSchemas'; ownerKind: OwnerKind; schemas: Readonly<Record<string, JsonObject>> }
  | { type: 'DetachSchemas'; ownerKind: OwnerKind; keys: readonly string[] };

/**
 * Values as JSON text with sorted members, behind a mark for what is not plain: enough to see whether a value changes. Schemas are
 * there the same way, under keys that no variable can have.
 */
export type Variables = Map<string, string>;

const schemaKey = (key: string): string => `\n${key}`;

// No JSON text begins with these letters.
const secretMark = 's ';
const boundMark = 'b ';

const canonical = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
};

type SetVariables = Extract<VariablesCommand, { type: 'SetVariables' }>;

const demandNoSecretRevealed = (plain: readonly string[], state: Variables): void => {
  const member = plain.find((key) => state.get(key)?.startsWith(secretMark));
  if (member === undefined) return;
  const message = 'is a secret by now, and stays one until it is removed';
  throw new DomainError('illegal-state', `${JSON.stringify(member)} ${message}`, {
    violations: [{ member, message }],
  });
};

const set = (
  { ownerKind, values, secrets = [] }: SetVariables,
  state: Variables,
): readonly VariablesEvent[] => {
  const sealed = new Set(secrets);
  const changed = Object.entries(values).filter(
    ([key, value]) => state.get(key) !== (sealed.has(key) ? secretMark : '') + canonical(value),
  );
  if (changed.length === 0) return [];
  const keys = changed.map(([key]) => key);
  demandNoSecretRevealed(
    keys.filter((key) => !sealed.has(key)),
    state,
  );
  const kept = keys.filter((key) => sealed.has(key));
  const data = { ownerKind, values: Object.fromEntries(changed), ...(kept.length > 0 && { secrets: kept }) };
  return [{ type: 'VariablesSet', data }];
};

const bind = (
  { ownerKind, bindings }: Extract<VariablesCommand, { type: 'BindVariables' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const changed = Object.entries(bindings).filter(
    ([key, binding]) => state.get(key) !== boundMark + canonical(binding),
  );
  return changed.length > 0
    ? [{ type: 'VariablesBound', data: { ownerKind, bindings: Object.fromEntries(changed) } }]
    : [];
};

const remove = (
  { ownerKind, keys }: Extract<VariablesCommand, { type: 'RemoveVariables' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const present = [...new Set(keys)].filter((key) => state.has(key));
  return present.length > 0 ? [{ type: 'VariablesRemoved', data: { ownerKind, keys: present } }] : [];
};

const attach = (
  { ownerKind, schemas }: Extract<VariablesCommand, { type: 'AttachSchemas' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const changed = Object.entries(schemas).filter(
    ([key, schema]) => state.get(schemaKey(key)) !== canonical(schema),
  );
  return changed.length > 0
    ? [{ type: 'VariableSchemasAttached', data: { ownerKind, schemas: Object.fromEntries(changed) } }]
    : [];
};

const detach = (
  { ownerKind, keys }: Extract<VariablesCommand, { type: 'DetachSchemas' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const present = [...new Set(keys)].filter((key) => state.has(schemaKey(key)));
  return present.length > 0 ? [{ type: 'VariableSchemasDetached', data: { ownerKind, keys: present } }] : [];
};

const decide = (command: VariablesCommand, state: Variables): readonly VariablesEvent[] => {
  switch (command.type) {
    case 'SetVariables':
      return set(command, state);
    case 'BindVariables':
      return bind(command, state);
    case 'RemoveVariables':
      return remove(command, state);
    case 'AttachSchemas':
      return attach(command, state);
    case 'DetachSchemas':
      return detach(command, state);
  }
};

const evolve = (state: Variables, event: VariablesEvent): Variables => {
  switch (event.type) {
    case 'VariablesSet':
      for (const [key, value] of Object.entries(event.data.values)) state.set(key, canonical(value));
      for (const key of event.data.secrets ?? []) state.set(key, secretMark + (state.get(key) ?? ''));
      return state;
    case 'VariablesBound':
      for (const [key, binding] of Object.entries(event.data.bindings))
        state.set(key, boundMark + canonical(binding));
      return state;
    case 'VariablesRemoved':
      for (const key of event.data.keys) state.delete(key);
      return state;
    case 'VariableSchemasAttached':
      for (const [key, schema] of Object.entries(event.data.schemas))
        state.set(schemaKey(key), canonical(schema));
      return state;
    case 'VariableSchemasDetached':
      for (const key of event.data.keys) state.delete(schemaKey(key));
      return state;
  }
};

export const variables: Decider<Variables, VariablesCommand, VariablesEvent> = {
  category: 'variables',
  initialState: () => new Map(),
  decide,
  evolve,
};
