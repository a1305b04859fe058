import type { Event } from '#libs/kernel/src/event.js';
import { type Projection, put } from '#libs/kernel/src/projection.js';

/** What became of the requests that came with an `Idempotency-Key`, from whatever event tells of one. */
export const requests: Projection<Event<'*'>> = {
  name: 'requests',
  version: 1,
  tables: [
    {
      name: 'requests',
      columns: {
        id: 'TEXT NOT NULL',
        fingerprint: 'TEXT NOT NULL',
        subject: 'TEXT NOT NULL',
        revision: 'INTEGER NOT NULL',
        cursor: 'TEXT NOT NULL',
      },
      key: ['id'],
    },
  ],
  on: {
    '*': ({ metadata: { actor, request }, revision, cursor }) => {
      if (request === undefined) return [];
      const { key, fingerprint, subject } = request;
      return [put('requests', { id: `${actor.userId} ${key}` }, { fingerprint, subject, revision, cursor })];
    },
  },
};
