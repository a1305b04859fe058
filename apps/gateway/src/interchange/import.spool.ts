import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '#libs/kernel/src/errors.js';

/** Where in the spool a text is. */
export interface Kept {
  readonly at: number;
  readonly length: number;
}

const blockBytes = 2 ** 20;
/** Texts that are this near to each other are read together. */
const mostAtOnce = 8 * 2 ** 20;

const full = (cause: unknown): DomainError =>
  new DomainError('unavailable', 'there is no room on the disk for what is imported', { cause });

/** Puts texts aside on the disk, in a file that only this process can open and that is gone with it. */
export class Spool {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;
  private underWay = 0;
  private flushed: Promise<void> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  static async in(folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const own = await mkdtemp(join(folder, 'import-'));
    try {
      return new Spool(await open(join(own, 'spool'), 'wx+', 0o600));
    } finally {
      // Nobody needs its name: an end without a farewell leaves nothing behind.
      await rm(own, { recursive: true });
    }
  }

  get bytes(): number {
    return this.written + this.underWay + this.waitingBytes;
  }

  /** In memory, until there is much of it: then somebody is to `flush`. */
  keep(text: string): Kept {
    const bytes = Buffer.from(text);
    const kept = { at: this.bytes, length: bytes.length };
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    return kept;
  }

  get isFull(): boolean {
    return this.waitingBytes >= blockBytes;
  }

  /** One after the other: whoever asks while it is written waits for that as well. */
  flush(): Promise<void> {
    const write = () => this.writeWaiting();
    this.flushed = this.flushed.then(write, write);
    return this.flushed;
  }

  /** In the order in which they are asked for. */
  async read(places: readonly Kept[]): Promise<readonly string[]> {
    await this.flush();
    const first = Math.min(...places.map(({ at }) => at));
    const end = Math.max(...places.map(({ at, length }) => at + length));
    if (places.length > 1 && end - first > mostAtOnce) return this.halves(places);
    const bytes = Buffer.allocUnsafe(Math.max(end - first, 0));
    await this.fill(bytes, first);
    return places.map(({ at, length }) => bytes.toString('utf8', at - first, at - first + length));
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async halves(places: readonly Kept[]): Promise<readonly string[]> {
    const middle = places.length >> 1;
    return [...(await this.read(places.slice(0, middle))), ...(await this.read(places.slice(middle)))];
  }

  private async fill(bytes: Buffer, first: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, first + done);
      // What is left of the buffer is other people's memory.
      if (bytesRead === 0) throw new Error('the spool ends before what was asked for');
      done += bytesRead;
    }
  }

  private async writeWaiting(): Promise<void> {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    this.underWay = bytes.length;
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.written + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw full(error);
    }
    this.written += bytes.length;
    this.underWay = 0;
  }
}
