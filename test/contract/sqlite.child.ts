// A process of its own for the tests of the SQLite log: waits for a line on its input, does one thing, says what came of it.
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { items, story, tags } from '#test/support/read-store.js';
import { anEvent, aStream } from './event-store.support.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

const things: Record<string, (path: string, ...rest: string[]) => Promise<void>> = {
  /** Sixty-four writers until killed; each acknowledged append is a line of the file, which outlives this process. */
  async writeUntilKilled(path, acknowledgements) {
    const store = new SqliteEventStore(path);
    const file = openSync(acknowledgements ?? '', 'a');
    const writer = async () => {
      for (;;) {
        const stream = aStream();
        for (let revision = -1; revision < 9; revision += 1) {
          const id = randomUUID();
          const { cursor } = await store.append(stream, revision < 0 ? 'no_stream' : revision, [
            anEvent({ id }),
          ]);
          writeSync(file, `${stream} ${revision + 1} ${id} ${cursor}\n`);
        }
      }
    };
    say('writing');
    await Promise.all(Array.from({ length: 64 }, writer));
  },

  /** One life of the items after the other, and the read models of it all, until killed. */
  async projectUntilKilled(path, models, seed) {
    const store = new SqliteEventStore(path);
    const readStore = new ReadStore({ path: models ?? '', store, projections: [items, tags] });
    await readStore.start();
    say('projecting');
    for (let life = Number(seed); ; life += 1) await story(store, 20, life);
  },

  /** Appends of so many bytes, one stream each, then rests until killed. */
  async fill(path, appends, bytes) {
    const store = new SqliteEventStore(path);
    const text = 'x'.repeat(Number(bytes));
    for (let index = 0; index < Number(appends); index += 1)
      await store.append(aStream(), 'no_stream', [anEvent({ data: { text } })]);
    say('filled');
    await new Promise(() => undefined);
  },

  /** So many appends to each of 8 streams at once, then ends by itself. */
  async race(path, appends) {
    const store = new SqliteEventStore(path);
    const writer = async () => {
      const stream = aStream('raced');
      for (let revision = -1; revision < Number(appends) - 1; revision += 1)
        await store.append(stream, revision < 0 ? 'no_stream' : revision, [anEvent()]);
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    await store.close();
    say('raced');
  },

  /** Opens the log with a subscription, says the part of its cursors that names the log, closes it and ends by itself. */
  async open(path) {
    const store = new SqliteEventStore(path);
    const subscription = store.subscribe({ onBatch: async () => undefined });
    const { cursor } = await store.append(aStream(), 'no_stream', [anEvent()]);
    await store.close();
    await subscription.done;
    say(`log ${cursor.slice(0, -16)}`);
  },

  /** Appends one event after the other; says how each ended, until killed. */
  async report(path, bytes) {
    const store = new SqliteEventStore(path);
    const text = 'x'.repeat(Number(bytes));
    for (;;) {
      const stream = aStream();
      try {
        await store.append(stream, 'no_stream', [anEvent({ data: { text } })]);
        say(`appended ${stream}`);
      } catch (error) {
        say(`${(error as Error).name} ${(error as Error).message}`);
      }
      await once(process.stdin, 'data');
    }
  },
};

const [thing = '', ...rest] = process.argv.slice(2);
say('ready');
await once(process.stdin, 'data');
await things[thing]?.(...(rest as [string]));
process.stdin.destroy();
