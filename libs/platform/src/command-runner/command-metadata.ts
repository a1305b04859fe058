import { DomainError } from '#libs/kernel/src/errors.js';
import type { Event, Metadata } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { derivedId } from '#libs/platform/src/identifiers.js';

/** A revision as a caller knows it, or any of several. -1: that of what nothing has happened to. */
export type ExpectedRevision = number | readonly number[];

/** What travels with a command: what its events will carry, and what it expects of its subject. */
export interface CommandMetadata extends Metadata {
  /** The subject's last revision as the caller knows it (`If-Match`); another one refuses the command. */
  readonly expectedRevision?: ExpectedRevision;
  /** Whom in the stream the command is about, where a stream holds many. */
  readonly subject?: string;
}

/** Throws `wrong-revision` when something was expected and is not so. */
export const demandRevision = (expected: ExpectedRevision | undefined, revision: number): void => {
  const all = expected === undefined || typeof expected === 'number' ? [expected ?? revision] : expected;
  if (!all.includes(revision))
    throw new DomainError('wrong-revision', `revision ${all.join(' or ')} is not the current one`);
};

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
