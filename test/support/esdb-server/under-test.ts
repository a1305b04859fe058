import { randomUUID } from 'node:crypto';
import { origin, EsdbCursors } from '#libs/platform/src/event-store/esdb-cursor.js';
import { EsdbEventStore, type EsdbOptions } from '#libs/platform/src/event-store/esdb-event-store.js';
import { EsdbServer } from './esdb-server.js';

/** Quick enough for tests that wait for a silence to be noticed. */
export const quick: EsdbOptions = {
  appendTimeoutMs: 1500,
  readTimeoutMs: 800,
  idleMs: 300,
  longestRetryMs: 200,
};

/** Where no silence is waited for, a busy machine may take its time. */
export const patient: EsdbOptions = { ...quick, appendTimeoutMs: 10_000, readTimeoutMs: 10_000 };

/** The test server as the contract of event stores knows a log. */
export const esdbUnderTest = async () => {
  const server = await new EsdbServer().start();
  return {
    server,
    open: async () => new EsdbEventStore(server.connectionString, patient),
    interrupt: () => server.restart(),
    stall: async () => {
      server.faults.silent = true;
      return async () => {
        server.faults.silent = false;
      };
    },
    foreignCursor: () => new EsdbCursors(randomUUID()).encode(origin),
    openReads: () => server.calls.count('read'),
    end: () => server.stop(),
  };
};
