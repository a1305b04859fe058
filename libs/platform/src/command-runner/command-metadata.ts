import type { Event, Metadata } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { derivedId } from '#libs/platform/src/identifiers.js';

/** What travels with a command: what its events will carry, and what it expects of its subject. */
export interface CommandMetadata extends Metadata {
  /** The subject's last revision as the caller knows it (`If-Match`); another one refuses the command. -1: it has none. */
  readonly expectedRevision?: number;
  /** Whom in the stream the command is about, where a stream holds many. */
  readonly subject?: string;
}

const isStored = (metadata: CommandMetadata): boolean =>
  !('expectedRevision' in metadata) && !('subject' in metadata) && !('request' in metadata);

/** What every event of the command carries. Most commands bring nothing else, and nothing is copied then. */
const stored = (metadata: CommandMetadata): Metadata => {
  if (isStored(metadata)) return metadata;
  const { expectedRevision: _expected, subject: _subject, request: _request, ...shared } = metadata;
  return shared;
};

/** Ids derive from the command's, so that a repeated append is one append. The mark of the request goes with the last event. */
export const toNewEvents = (events: readonly Event[], metadata: CommandMetadata): NewEvent[] => {
  if (events.length === 0) return [];
  const { request } = metadata;
  const shared = stored(metadata);
  return events.map((event, index) => ({
    id: derivedId(metadata.commandId, index),
    type: event.type,
    data: event.data as JsonObject,
    metadata: (request && index === events.length - 1
      ? { ...shared, request }
      : shared) as unknown as JsonObject,
  }));
};
