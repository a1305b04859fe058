import type { Event } from '#libs/kernel/src/event.js';
import type { Json } from '#libs/kernel/src/json.js';

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

/** Only the keys whose values changed. A value of null is a value; it shadows inherited ones. */
export type VariablesSet = Event<
  'VariablesSet',
  { ownerKind: OwnerKind; values: Readonly<Record<string, Json>> }
>;
export type VariablesRemoved = Event<'VariablesRemoved', { ownerKind: OwnerKind; keys: readonly string[] }>;

/** Stream `variables-<owner id>`: one owner's own variables. */
export type VariablesEvent = VariablesSet | VariablesRemoved;
