import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import type { Memory, Seen } from './memory.js';
import { linesOf, readLines, Unreadable } from './value-lines.js';

export interface ValueFileOptions {
  readonly path: string;
  /** Without a key nothing is kept: what providers say may be confidential. */
  readonly ring: KeyRing;
  readonly memory: Memory;
  /** What an operator may want to know: never a value. */
  readonly warn: (message: string) => void;
  /** How long what was seen may wait for others to be written with it. */
  readonly delayMs?: number;
}

const usualDelayMs = 2000;
/** A larger file is none of ours. */
const mostRead = 256 * 1024 * 1024;
/** Below that it is not worth while to write it anew. */
const leastAnew = 1024 * 1024;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * The last values of providers on the disk, sealed. Written behind: nobody waits for it, and what was seen in the last moments before
 * a crash is lost. Never rejects: without the file there is less to fall back to, and no more.
 */
export class ValueFile {
  private readonly dirty = new Set<string>();
  private work: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private file: FileHandle | undefined;
  private bytes = 0;
  private mostBytes = 0;
  private isFailing = false;
  private isClosed = false;

  private constructor(private readonly options: ValueFileOptions) {}

  /** With everything that was kept in the memory already, and whatever it sees from now on kept. */
  static async open(options: ValueFileOptions): Promise<ValueFile> {
    const values = new ValueFile(options);
    if (options.ring.current === undefined) return values;
    await values.load();
    options.memory.follow((key) => values.note(key));
    return values;
  }

  /** Writes what is still to be written. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    if (this.dirty.size > 0) this.begin();
    this.isClosed = true;
    await this.work;
    await this.leave();
  }

  private async load(): Promise<void> {
    const { path, ring, memory, warn } = this.options;
    try {
      const found = await stat(path);
      // A pipe would be waited for without end, and a device read without end.
      if (!found.isFile()) throw new Unreadable('is no file');
      if (found.size > mostRead) throw new Unreadable('is too large');
      const { values, isOutdated } = await readLines(await readFile(path, 'utf8'), ring);
      for (const [key, seen] of values) memory.restore(key, seen);
      if (isOutdated) this.schedule();
    } catch (error) {
      if (isMissing(error)) return;
      warn(`${path} ${messageOf(error)}: the last values of providers are not known any more`);
      if (error instanceof Unreadable) await this.throwAway();
    }
  }

  private async throwAway(): Promise<void> {
    try {
      await rm(this.options.path);
    } catch (error) {
      this.failed(error);
    }
  }

  private note(key: string): void {
    if (this.isClosed) return;
    this.dirty.add(key);
    this.schedule();
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.begin(), this.options.delayMs ?? usualDelayMs).unref();
  }

  private begin(): void {
    this.timer = undefined;
    this.work = this.work.then(() => this.write());
  }

  private async write(): Promise<void> {
    const keys = [...this.dirty];
    this.dirty.clear();
    try {
      if (this.file && this.bytes < this.mostBytes) await this.append(this.file, this.valuesOf(keys));
      else await this.writeAnew();
      this.isFailing = false;
    } catch (error) {
      this.failed(error);
      // The end of it may be half a line: next time it is written anew, with all that is known then.
      await this.leave();
    }
  }

  private valuesOf(keys: readonly string[]): readonly (readonly [string, Seen])[] {
    return keys.flatMap((key) => {
      const seen = this.options.memory.peek(key);
      return seen ? [[key, seen] as const] : [];
    });
  }

  private async append(file: FileHandle, values: readonly (readonly [string, Seen])[]): Promise<void> {
    for (const line of linesOf(values, this.options.ring)) {
      await file.appendFile(line);
      this.bytes += Buffer.byteLength(line);
      await othersTurn();
    }
  }

  private async writeAnew(): Promise<void> {
    const { path, memory } = this.options;
    await this.leave();
    const next = `${path}.new`;
    await rm(next, { force: true });
    this.file = await open(next, 'ax', 0o600);
    this.bytes = 0;
    await this.append(this.file, memory.values());
    await this.file.datasync();
    await rename(next, path);
    this.mostBytes = Math.max(leastAnew, 2 * this.bytes);
  }

  private async leave(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    try {
      await file?.close();
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (!this.isFailing)
      this.options.warn(`the last values of providers cannot be kept: ${messageOf(error)}`);
    this.isFailing = true;
  }
}
