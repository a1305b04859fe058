import { puttingSchemas, puttingVariables } from '#libs/inventory/src/revert-variables.policy.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import {
  heldSchemas,
  heldVariables,
  lostSchemas,
  lostVariables,
  schemaTurnAfter,
  turnedSchemas,
  turnedVariables,
  variableTurnAfter,
} from '#projections/variables/versions.queries.js';

/** What an owner has under keys. `member`: as what it is told; `resource`: what it needs to be written. */
export const ownedBy = {
  variables: {
    member: 'variables',
    called: (key: string) => `variable ${key}`,
    resource: 'variables',
    turned: turnedVariables,
    turnAfter: variableTurnAfter,
    held: heldVariables,
    lost: lostVariables,
    putting: puttingVariables,
  },
  schemas: {
    member: 'variable_schemas',
    called: (key: string) => `the schema of ${key}`,
    resource: 'schemas',
    turned: turnedSchemas,
    turnAfter: schemaTurnAfter,
    held: heldSchemas,
    lost: lostSchemas,
    putting: puttingSchemas,
  },
} as const;

export type Owned = keyof typeof ownedBy;

export const allOwned = Object.keys(ownedBy) as readonly Owned[];

/** What of its owner's an event changed; undefined for an event that is no owner's. */
export const ownedOf = ({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): Owned | undefined => {
  if (!stream.startsWith('variables-')) return undefined;
  return type.startsWith('VariableSchemas') ? 'schemas' : 'variables';
};

/** The keys that such an event names. */
export const keysOf = (data: object): readonly string[] => {
  const { values, bindings, schemas, keys } = data as Readonly<Record<string, unknown>>;
  if (Array.isArray(keys)) return keys as string[];
  return Object.keys((values ?? bindings ?? schemas ?? {}) as object);
};
