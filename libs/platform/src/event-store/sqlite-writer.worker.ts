// Node runs this file and what it imports as they are, as a worker from the sources and from dist: no relative imports, erasable syntax only.
import { parentPort, workerData } from 'node:worker_threads';
import type { Flat } from '#libs/platform/src/event-store/sqlite-batch.js';
import { LogWriter } from '#libs/platform/src/event-store/sqlite-log-writer.js';

/** How long a commit that has been begun waits for the batches that it was said to get as well. */
const patienceMs = 5;

if (parentPort && (workerData as { log?: string } | null)?.log !== undefined) {
  const port = parentPort;
  const writer = new LogWriter((workerData as { log: string }).log);
  let late: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(late);
    late = undefined;
    port.postMessage(writer.settle());
  };
  port.on('message', (batch: Flat | 'close') => {
    if (batch === 'close') {
      clearTimeout(late);
      writer.close();
      port.close();
      return;
    }
    writer.take(batch);
    if (batch[1] === 0) settle();
    else late ??= setTimeout(settle, patienceMs);
  });
}
