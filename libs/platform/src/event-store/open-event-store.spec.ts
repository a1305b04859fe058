import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config/config.js';
import { EsdbEventStore } from './esdb-event-store.js';
import { openEventStore } from './open-event-store.js';
import { SqliteEventStore } from './sqlite-event-store.js';

describe('the configured log', () => {
  it('is a file in the data directory, made when it is not there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'craton-log-'));
    const store = await openEventStore(readConfig({ CRATON_DATA_DIR: join(directory, 'deeper') }));
    expect(store).toBeInstanceOf(SqliteEventStore);
    await store.close();
    await rm(directory, { recursive: true });
  });

  it('is EventStoreDB where a connection string is given, whether it answers or not', async () => {
    const store = await openEventStore(readConfig({ CRATON_EVENT_STORE: 'esdb://127.0.0.1:1?tls=false' }));
    expect(store).toBeInstanceOf(EsdbEventStore);
    await store.close();
  });
});
