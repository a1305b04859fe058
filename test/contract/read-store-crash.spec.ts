import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { dumpOfFile, items, tags } from '#test/support/read-store.js';
import { aDirectory, Child } from './sqlite.support.js';

const rounds = 15;

describe('the read store', () => {
  it('has what a fresh one would have, when its process was killed again and again while it kept up', async () => {
    const directory = await aDirectory();
    const log = join(directory.path, 'events.db');
    const models = join(directory.path, 'read-models.db');
    const start = (round: number) => new Child('projectUntilKilled', log, models, String(round * 1000));
    let next = start(1);
    for (let round = 1; round <= rounds; round += 1) {
      const child = next;
      await child.begin();
      next = start(round + 1);
      await child.said(/^projecting$/);
      // How long it may go on is what varies; nothing is awaited by this.
      await pause(30 + Math.random() * 150);
      await child.kill();
    }
    await next.kill();
    const store = new SqliteEventStore(log);
    for (const path of [models, join(directory.path, 'fresh.db')]) {
      const readStore = new ReadStore({ path, store, projections: [items, tags] });
      await readStore.start();
      await readStore.close();
    }
    await store.close();
    const [kept, fresh] = [models, join(directory.path, 'fresh.db')].map(dumpOfFile);
    expect(fresh).toContain('items_history');
    expect(kept).toBe(fresh);
    await directory.remove();
  }, 120_000);
});
