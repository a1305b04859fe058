import { randomUUID } from 'node:crypto';
import { EsdbCursors, origin } from '#libs/platform/src/event-store/esdb-cursor.js';
import { EsdbEventStore } from '#libs/platform/src/event-store/esdb-event-store.js';
import { esdbUnderTest } from '#test/support/esdb-server/under-test.js';
import { eventStoreContract } from './event-store.suite.js';

eventStoreContract('EventStoreDB over the test server', esdbUnderTest);

const real = process.env['CRATON_TEST_ESDB'];

if (real)
  eventStoreContract(
    'EventStoreDB itself',
    async () => ({
      open: async () => new EsdbEventStore(real),
      foreignCursor: () => new EsdbCursors(randomUUID()).encode(origin),
      end: async () => undefined,
    }),
    {},
  );
