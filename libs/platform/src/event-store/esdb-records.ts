import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { StoreUnavailable } from './event-store.errors.js';
import type { RecordedEvent } from './event-store.js';
import type { EsdbCursors, Position } from './esdb-cursor.js';

/** Written once in each cluster, so that cursors can tell which cluster they are of. Never seen through the port. */
export const identityStream = 'storeIdentity-craton';

/** An event of ours, with where it lies. */
export interface EsdbRecord {
  readonly event: Omit<RecordedEvent, 'cursor'>;
  readonly position: Position;
}

/** .NET's way to say that there is no position. */
const unset = 2n ** 63n;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** Undefined where the server does not know it: before 22.6, and for some repeated appends. */
export const knownPosition = (position: Position | undefined): Position | undefined =>
  position && position.commit < unset && position.prepare < unset ? position : undefined;

/**
 * The record, or undefined for what is not ours: the server's own events and links, our own mark, and what another program has
 * written that is no JSON object.
 */
export const recordOf = ({ event }: ResolvedEvent | AllStreamResolvedEvent): EsdbRecord | undefined => {
  if (
    !event ||
    event.type.startsWith('$') ||
    event.streamId.startsWith('$') ||
    event.streamId === identityStream
  )
    return undefined;
  const data: unknown = event.data;
  if (!isObject(data)) return undefined;
  const metadata: unknown = event.metadata;
  const position = knownPosition(event.position);
  if (!position) throw new StoreUnavailable('the server is too old: EventStoreDB 22.6 or later is needed');
  return {
    position,
    event: {
      id: event.id,
      type: event.type,
      data,
      ...(isObject(metadata) ? { metadata } : {}),
      stream: event.streamId,
      revision: Number(event.revision),
      recordedAt: event.created,
    },
  };
};

export const withCursor = ({ event, position }: EsdbRecord, cursors: EsdbCursors): RecordedEvent => ({
  ...event,
  cursor: cursors.encode(position),
});
