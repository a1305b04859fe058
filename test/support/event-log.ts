import { randomUUID } from 'node:crypto';
import type { Cursor, Metadata } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { EventStore, NewEvent } from '#libs/platform/src/event-store/event-store.js';

export const nobody: Metadata = {
  actor: { userId: 'u', username: 'somebody', projectId: 'p' },
  projectId: 'p',
  correlationId: 'c',
  causationId: 'c',
  commandId: 'c',
};

/** What happens: a type, its data, and what its metadata say other than `nobody`'s. */
export type Fact = readonly [type: string, data: JsonObject, metadata?: Partial<Metadata>];

/** Appends facts to one stream, whatever its revision; answers the cursor of the last one. */
export const happen = async (
  store: EventStore,
  stream: string,
  ...facts: [Fact, ...Fact[]]
): Promise<Cursor> => {
  const [first, ...rest] = facts.map(([type, data, metadata]): NewEvent => ({
    id: randomUUID(),
    type,
    data,
    metadata: { ...nobody, ...metadata } as unknown as JsonObject,
  }));
  const { cursor } = await store.append(stream, 'any', [first!, ...rest]);
  return cursor;
};
