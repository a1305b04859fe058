import { dirname } from 'node:path';
import type { Config } from '../config/config.js';
import { makeDirectory } from '../make-directory.js';
import type { EventStore } from './event-store.js';

/** The log that the configuration names. Rejects, naming the place, when it is not one; a server that is away does not matter yet. */
export const openEventStore = async ({ eventStore }: Config): Promise<EventStore> => {
  if (!eventStore.startsWith('sqlite:')) {
    // The client takes a third of a second to load: only who needs it waits for it.
    const { EsdbEventStore } = await import('./esdb-event-store.js');
    return new EsdbEventStore(eventStore);
  }
  const path = eventStore.slice('sqlite:'.length);
  makeDirectory(dirname(path), 0o750);
  const { SqliteEventStore } = await import('./sqlite-event-store.js');
  return new SqliteEventStore(path);
};
