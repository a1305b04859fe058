import { type Decider, evolveInPlace } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { OwnerKind, Sealed, VariablesEvent } from './variables.events.js';

export type VariablesCommand =
  /**
   * `secrets`: keys of values that are sealed. Whoever seals decides which ones are; a secret is never replaced by a plain value.
   * `only`: all other variables are removed; the keys of the values are among them.
   */
  | {
      type: 'SetVariables';
      ownerKind: OwnerKind;
      values: Readonly<Record<string, Json>>;
      secrets?: readonly string[];
      only?: readonly string[];
    }
  | { type: 'BindVariables'; ownerKind: OwnerKind; bindings: Readonly<Record<string, Json>> }
  /** The same values under another key. One that is sealed in another way than `was` says is another by now, and stays. */
  | {
      type: 'ResealVariables';
      ownerKind: OwnerKind;
      seals: Readonly<Record<string, { readonly was: Sealed; readonly becomes: Sealed }>>;
    }
  | { type: 'RemoveVariables'; ownerKind: OwnerKind; keys: readonly string[] }
  | { type: 'AttachSchemas'; ownerKind: OwnerKind; schemas: Readonly<Record<string, JsonObject>> }
  | { type: 'DetachSchemas'; ownerKind: OwnerKind; keys: readonly string[] };

/**
 * Values as JSON text with sorted members, behind a mark for what is not plain: enough to see whether a value changes. Schemas are
 * there the same way, under keys that no variable can have.
 */
export type Variables = Map<string, string>;

const mostSchemas = 200;

const schemaKey = (key: string): string => `\n${key}`;
const isSchemaKey = (key: string): boolean => key.startsWith('\n');

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

const none: ReadonlySet<string> = new Set();

const demandNoSecretRevealed = (plain: readonly string[], state: Variables): void => {
  const member = plain.find((key) => state.get(key)?.startsWith(secretMark));
  if (member === undefined) return;
  const message = 'is a secret by now, and stays one until it is removed';
  throw new DomainError('illegal-state', `${JSON.stringify(member)} ${message}`, {
    violations: [{ member, message }],
  });
};

const set = ({ ownerKind, values, secrets }: SetVariables, state: Variables): readonly VariablesEvent[] => {
  const sealed = secrets ? new Set(secrets) : none;
  const all = Object.keys(values);
  const keys = all.filter((key) => {
    const known = state.get(key);
    // What is new need not be compared.
    return known === undefined || known !== (sealed.has(key) ? secretMark : '') + canonical(values[key]!);
  });
  if (keys.length === 0) return [];
  demandNoSecretRevealed(
    keys.filter((key) => !sealed.has(key)),
    state,
  );
  const kept = keys.filter((key) => sealed.has(key));
  const changed =
    keys.length === all.length ? values : Object.fromEntries(keys.map((key) => [key, values[key]!]));
  const data = { ownerKind, values: changed, ...(kept.length > 0 && { secrets: kept }) };
  return [{ type: 'VariablesSet', data }];
};

const removeOthers = ({ ownerKind, only }: SetVariables, state: Variables): readonly VariablesEvent[] => {
  if (only === undefined) return [];
  const kept = new Set(only);
  const keys = [...state.keys()].filter((key) => !kept.has(key) && !isSchemaKey(key));
  return keys.length > 0 ? [{ type: 'VariablesRemoved', data: { ownerKind, keys } }] : [];
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

const reseal = (
  { ownerKind, seals }: Extract<VariablesCommand, { type: 'ResealVariables' }>,
  state: Variables,
): readonly VariablesEvent[] => {
  const still = Object.entries(seals).filter(
    ([key, { was }]) => state.get(key) === secretMark + canonical(was),
  );
  const becoming = still.map(([key, { becomes }]) => [key, becomes] as const);
  return becoming.length > 0
    ? [{ type: 'VariablesResealed', data: { ownerKind, seals: Object.fromEntries(becoming) } }]
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
  const more = changed.filter(([key]) => !state.has(schemaKey(key))).length;
  if (more > 0 && [...state.keys()].filter(isSchemaKey).length + more > mostSchemas)
    throw new DomainError('illegal-state', `nobody has more than ${mostSchemas} schemas`);
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
      return [...removeOthers(command, state), ...set(command, state)];
    case 'BindVariables':
      return bind(command, state);
    case 'ResealVariables':
      return reseal(command, state);
    case 'RemoveVariables':
      return remove(command, state);
    case 'AttachSchemas':
      return attach(command, state);
    case 'DetachSchemas':
      return detach(command, state);
  }
};

const evolve = evolveInPlace<Variables, VariablesEvent>({
  VariablesSet: (state, { values, secrets = [] }) => {
    for (const [key, value] of Object.entries(values)) state.set(key, canonical(value));
    for (const key of secrets) state.set(key, secretMark + (state.get(key) ?? ''));
  },
  VariablesBound: (state, { bindings }) => {
    for (const [key, binding] of Object.entries(bindings)) state.set(key, boundMark + canonical(binding));
  },
  VariablesResealed: (state, { seals }) => {
    for (const [key, seal] of Object.entries(seals)) state.set(key, secretMark + canonical(seal));
  },
  VariablesRemoved: (state, { keys }) => {
    for (const key of keys) state.delete(key);
  },
  VariableSchemasAttached: (state, { schemas }) => {
    for (const [key, schema] of Object.entries(schemas)) state.set(schemaKey(key), canonical(schema));
  },
  VariableSchemasDetached: (state, { keys }) => {
    for (const key of keys) state.delete(schemaKey(key));
  },
});

export const variables: Decider<Variables, VariablesCommand, VariablesEvent> = {
  category: 'variables',
  initialState: () => new Map(),
  decide,
  evolve,
};
