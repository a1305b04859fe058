import { performance } from 'node:perf_hooks';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { task } from '../task.js';

const userId = newId();
const data: JsonObject = {
  ownerKind: 'host',
  values: { ntp_server: '10.0.0.1', kernel: { version: '6.12' } },
};
const metadata: JsonObject = {
  actor: { userId, username: 'operator', projectId: userId },
  projectId: userId,
  correlationId: userId,
  causationId: userId,
  commandId: userId,
};

/** Answers how many appends of one event a second so many writers get acknowledged, each on its own stream at its revision. */
task(async ({ path, writers, seconds }: { path: string; writers: number; seconds: number }) => {
  const store = new SqliteEventStore(path);
  let count = 0;
  let stopped = false;
  const write = async (): Promise<void> => {
    const stream = `variables-${newId()}`;
    let expected: number | 'no_stream' = 'no_stream';
    while (!stopped) {
      const appended = await store.append(stream, expected, [
        { id: newId(), type: 'VariablesSet', data, metadata },
      ]);
      expected = appended.revision;
      count += 1;
    }
  };
  const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const all = Array.from({ length: writers }, () => write());
  // Code that has just been loaded is not yet compiled.
  await after(500);
  const [begun, before] = [performance.now(), count];
  await after(seconds * 1000);
  const rate = (1000 * (count - before)) / (performance.now() - begun);
  stopped = true;
  await Promise.all(all);
  await store.close();
  return rate;
});
