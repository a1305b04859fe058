import { DatabaseSync } from 'node:sqlite';
import { adoptApiKey } from '#apps/gateway/src/auth/api-keys.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { aged, levels, own, year } from '../history/histories.js';
import type { Fact } from '../history/pen.js';
import { task } from '../task.js';
import type { Scene, Seeding } from '../scene.js';

const scenes = { year, levels, own, aged } as const;
const together = 4000;

const append = async (store: SqliteEventStore, facts: Iterable<Fact>): Promise<number> => {
  let count = 0;
  let underWay: Promise<unknown>[] = [];
  for (const { stream, event } of facts) {
    underWay.push(store.append(stream, 'any', [event], { timeoutMs: 60_000 }));
    count += 1;
    if (underWay.length < together) continue;
    await Promise.all(underWay);
    underWay = [];
  }
  await Promise.all(underWay);
  return count;
};

/** What was written in seconds here was recorded in months: no two commands in one millisecond. */
const spread = (path: string): void => {
  const database = new DatabaseSync(path);
  database.exec('UPDATE events SET ts = ts - 60000 * ((SELECT max(pos) FROM events) - pos)');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
};

task(async ({ path, kind, size, token }: Seeding): Promise<Scene> => {
  const history = scenes[kind](await adoptApiKey(token), size);
  const store = new SqliteEventStore(path);
  const before = await append(store, history.facts);
  const cursor = await store.head();
  const events = before + (await append(store, history.later));
  await store.close();
  spread(path);
  const { regionIds, cloudId } = history;
  return { events, cursor, regionIds, cloudId, hostIds: history.hostIds() };
});
