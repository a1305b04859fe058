import type { Event } from '#libs/kernel/src/event.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export type OwnerKind =
  | 'project'
  | 'cloud'
  | 'region'
  | 'cell'
  | 'host'
  | 'network-device'
  | 'container'
  | 'network'
  | 'network-interface';

/** A value that only the holder of a key can read; `key` names it. The others are base64url. */
export type Sealed = {
  readonly key: string;
  readonly nonce: string;
  readonly sealed: string;
  /** Of one that was sealed anew: the nonce of the first seal, by which the value is known to be the same. */
  readonly first?: string;
};

/** Only the keys whose values changed. A value of null is a value; it shadows inherited ones. `secrets`: keys whose values are `Sealed`. */
export type VariablesSet = Event<
  'VariablesSet',
  { ownerKind: OwnerKind; values: Readonly<Record<string, Json>>; secrets?: readonly string[] }
>;
/** Where the values of these keys are looked up from now on; says nothing that is secret. */
export type VariablesBound = Event<
  'VariablesBound',
  { ownerKind: OwnerKind; bindings: Readonly<Record<string, Json>> }
>;
export type VariablesRemoved = Event<'VariablesRemoved', { ownerKind: OwnerKind; keys: readonly string[] }>;

/** The same secrets, under another key than before: nobody has set them, and what they say has not changed. */
export type VariablesResealed = Event<
  'VariablesResealed',
  { ownerKind: OwnerKind; seals: Readonly<Record<string, Sealed>> }
>;

/** What the values of these keys must be like from now on, here and at everything below: JSON Schemas of draft 2020-12. */
export type VariableSchemasAttached = Event<
  'VariableSchemasAttached',
  { ownerKind: OwnerKind; schemas: Readonly<Record<string, JsonObject>> }
>;
export type VariableSchemasDetached = Event<
  'VariableSchemasDetached',
  { ownerKind: OwnerKind; keys: readonly string[] }
>;

/** Stream `variables-<owner id>`: one owner's own variables, and the schemas that it has for keys. */
export type VariablesEvent =
  | VariablesSet
  | VariablesBound
  | VariablesRemoved
  | VariablesResealed
  | VariableSchemasAttached
  | VariableSchemasDetached;
