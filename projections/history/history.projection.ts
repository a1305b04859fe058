import type { Event, Recorded } from '#libs/kernel/src/event.js';
import { type Projection, put } from '#libs/kernel/src/projection.js';

/** Of an event's identifier: an index by it is a third smaller, and what is found is read and looked at anyway. */
const startOf = (eventId: string): string => eventId.slice(0, 18);

/** Members of data that name what a fact is about; the first one that is there does. */
const naming = [
  ['interfaceId', 'network-interface'],
  ['networkId', 'network'],
  ['deviceId', 'device'],
  ['cellId', 'cell'],
  ['regionId', 'region'],
  ['cloudId', 'cloud'],
  // What is issued to a user is told with the user, and is no change of them.
  ['keyId', null],
  ['userId', 'user'],
] as const;

const kinds: Readonly<Record<string, string>> = {
  host: 'device',
  'network-device': 'device',
  container: 'device',
};

/** Without an identifier: the stream's own. */
type Subject = readonly [kind: string, id?: string];

const named = (data: Readonly<Record<string, unknown>>): Subject | undefined => {
  for (const [member, kind] of naming) {
    const id = data[member];
    if (typeof id === 'string') return kind === null ? undefined : [kind, id];
  }
  return undefined;
};

/** What an event is about; undefined for what has a stream of its own, and for what is not shown. */
const subjectOf = ({ stream, type, data }: Recorded): Subject | undefined => {
  const [category = ''] = stream.split('-', 1);
  const facts = data as Readonly<Record<string, unknown>>;
  switch (category) {
    case 'region':
    case 'cloud':
      return named(facts);
    case 'project':
      return type.startsWith('Project') ? ['project'] : named(facts);
    case 'variables': {
      const owner = String(facts['ownerKind']);
      return [kinds[owner] ?? owner];
    }
    default:
      return undefined;
  }
};

/** Where in the log everything lies that was done: found by its place, by what it was done with, and by its identifier. */
export const history: Projection<Event<'*'>> = {
  name: 'history',
  version: 3,
  tables: [
    {
      name: 'log_entries',
      columns: {
        cursor: 'TEXT NOT NULL',
        correlation_id: 'TEXT',
        id_start: 'TEXT NOT NULL',
        stream: 'TEXT NOT NULL',
        revision: 'INTEGER NOT NULL',
        kind: 'TEXT',
        subject_id: 'TEXT',
      },
      key: ['cursor'],
      indexes: [['correlation_id'], ['id_start']],
    },
  ],
  on: {
    '*': (event) => {
      // Attempts are many, and are told by the run that they belong to.
      if (event.type.startsWith('Step')) return [];
      const { id, cursor, stream, revision, metadata } = event;
      const [kind = null, subject_id = null] = subjectOf(event) ?? [];
      const correlation_id = metadata.correlationId ?? null;
      return [
        put(
          'log_entries',
          { cursor },
          { correlation_id, id_start: startOf(id), stream, revision, kind, subject_id },
        ),
      ];
    },
  },
};
