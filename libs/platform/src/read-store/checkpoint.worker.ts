// Node runs this file as it is, as a worker from the sources and from dist: only `node:` imports and erasable syntax.
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const opened = (path: string): DatabaseSync => {
  // A file that has gone must not be replaced by an empty one.
  const file = pathToFileURL(path);
  file.searchParams.set('mode', 'rw');
  return new DatabaseSync(file);
};

const { checkpointed } = (workerData ?? {}) as { readonly checkpointed?: string };
if (parentPort && checkpointed !== undefined) {
  const port = parentPort;
  let database: DatabaseSync | undefined;
  port.on('message', (message: 'checkpoint' | 'close') => {
    try {
      if (message === 'checkpoint') {
        database ??= opened(checkpointed);
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } else database?.close();
    } catch {
      // Whoever writes comes to its own limit then, and reports what it meets.
    }
    if (message === 'close') port.close();
  });
}
