import { performance } from 'node:perf_hooks';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { projections } from '#projections/index.js';
import { task } from '../task.js';

/** Answers how many events a second go into read models that are built anew. */
task(async ({ log, path, events }: { log: string; path: string; events: number }) => {
  const store = new SqliteEventStore(log);
  const readStore = new ReadStore({ path, store, projections, log: () => undefined });
  const begun = performance.now();
  await readStore.start();
  const rate = (1000 * events) / (performance.now() - begun);
  await readStore.close();
  await store.close();
  return rate;
});
