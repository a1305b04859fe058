import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Flat } from './sqlite-batch.js';

/** Whoever commits batches: see `LogWriter` for their shape. */
export interface Writer {
  /** False once it was lost: another one must be made. */
  readonly alive: boolean;
  /** In the order of the calls. Rejects when the writer was lost, and what became of the batch with it. */
  write(batch: Flat): Promise<Flat>;
  close(): Promise<void>;
}

/** A `LogWriter` in a thread of its own, so that waiting for the disk does not hold up this one. */
export class WriterThread implements Writer {
  readonly worker: Worker;
  private readonly ended: Promise<void>;
  private waiting: { resolve: (answers: Flat) => void; reject: (error: Error) => void }[] = [];
  private lost: Error | undefined;

  constructor(path: string) {
    // Beside this file it has this file's ending: .ts in the sources, .js in dist.
    const ending = extname(import.meta.url);
    const file = new URL(`./sqlite-writer.worker${ending}`, import.meta.url);
    this.worker = new Worker(file, {
      workerData: { log: path },
      name: 'event log',
      ...(ending === '.ts' && { execArgv: ['--conditions=source'] }),
    });
    this.worker.on('message', (answers: readonly Flat[]) => {
      const answered = this.waiting.splice(0, answers.length);
      for (const [index, { resolve }] of answered.entries()) resolve(answers[index] as Flat);
    });
    this.worker.on('error', (error: Error) => {
      this.lose(error);
    });
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        this.lose(new Error(`the writer of the log ended with code ${code}`));
        resolve();
      });
    });
  }

  get alive(): boolean {
    return this.lost === undefined;
  }

  write(batch: Flat): Promise<Flat> {
    return new Promise((resolve, reject) => {
      if (this.lost) return reject(this.lost);
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(batch);
    });
  }

  /** Lets the thread finish; one that does not within 5 seconds is ended. */
  async close(): Promise<void> {
    this.worker.postMessage('close');
    const timer = setTimeout(() => void this.worker.terminate(), 5000);
    await this.ended;
    clearTimeout(timer);
  }

  private lose(error: Error): void {
    this.lost ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.lost);
  }
}
