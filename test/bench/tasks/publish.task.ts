import { performance } from 'node:perf_hooks';
import { Publisher } from '#apps/publisher/src/publisher.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import type { Publishing } from '../publishing.js';
import { task } from '../task.js';

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Answers how many notifications a second the publisher gets confirmed, reading the log from its start. */
task(async ({ log, dataDir, url, exchange, topic, skipped }: Publishing) => {
  const store = new SqliteEventStore(log);
  const config = readConfig({
    CRATON_DATA_DIR: dataDir,
    CRATON_AMQP_URL: url,
    CRATON_NOTIFICATION_EXCHANGE: exchange,
    CRATON_NOTIFICATION_TOPICS: topic,
  });
  const head = await store.head();
  const publisher = new Publisher(store, config);
  publisher.start();
  const published = () => publisher.health().published;
  while (published() < skipped) await turn();
  const [begun, before] = [performance.now(), published()];
  while (publisher.health().cursor !== head) await turn();
  const rate = (1000 * (published() - before)) / (performance.now() - begun);
  await publisher.stop();
  await store.close();
  return rate;
});
