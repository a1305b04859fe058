import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Pages that a commit writes, and that each of its events does, roughly. */
const pages = { commit: 12, event: 3 };
/** Checkpoints write each page once however often it changed: fewer of them are less work. */
const mostPages = 4000;

/**
 * Moves what was committed from the write-ahead log into the file, in a thread: there are many pages at once, and a sync. Where the thread
 * is late or lost, SQLite does it in the middle of a commit, as it does by itself.
 */
export class Checkpoints {
  private written = 0;
  private worker: Worker | undefined;
  private ended: Promise<void> | undefined;

  constructor(private readonly path: string) {}

  /** So many events were committed. */
  note(events: number): void {
    this.written += pages.commit + pages.event * events;
    if (this.written < mostPages) return;
    this.written = 0;
    this.thread().postMessage('checkpoint');
  }

  /** Resolves when nothing holds the file any more; a thread that does not end within 5 seconds is ended. */
  async close(): Promise<void> {
    const { worker, ended } = this;
    if (worker === undefined) return;
    worker.postMessage('close');
    const timer = setTimeout(() => void worker.terminate(), 5000);
    await ended;
    clearTimeout(timer);
  }

  private thread(): Worker {
    if (this.worker) return this.worker;
    // Beside this file it has this file's ending: .ts in the sources, .js in dist.
    const file = new URL(`./checkpoint.worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: { checkpointed: this.path }, name: 'checkpoints' });
    worker.unref();
    // What it meets, the next commit meets.
    worker.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.worker = undefined;
        resolve();
      });
    });
    this.worker = worker;
    return worker;
  }
}
