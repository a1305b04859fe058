import type { ByteStream } from '../fleet-record.js';
import { BadArchive } from './bad-archive.js';

const iteratorOf = (stream: ByteStream): AsyncIterator<Uint8Array> | Iterator<Uint8Array> =>
  Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();

/** A stream to take so and so many bytes from; it is asked for no more than that. */
export class Blocks {
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: ByteStream) {
    this.source = iteratorOf(stream);
  }

  /** Undefined at the end of the stream. May share memory with the stream. Throws `BadArchive` where the stream ends within. */
  async take(size: number): Promise<Buffer | undefined> {
    if (this.rest.length >= size) return this.cut(size);
    const parts: Buffer[] = [];
    let missing = size;
    for await (const part of this.parts(size)) {
      parts.push(part);
      missing -= part.length;
    }
    if (missing === 0) return Buffer.concat(parts, size);
    if (missing === size) return undefined;
    throw new BadArchive('the archive ends too early');
  }

  async skip(size: number): Promise<void> {
    let missing = size;
    for await (const part of this.parts(size)) missing -= part.length;
    if (missing > 0) throw new BadArchive('the archive ends too early');
  }

  async drain(): Promise<void> {
    while (await this.more());
  }

  /** Lets go of the stream, wherever it is. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  private async *parts(size: number): AsyncGenerator<Buffer> {
    for (let missing = size; missing > 0;) {
      if (this.rest.length === 0 && !(await this.more())) return;
      const part = this.cut(missing);
      missing -= part.length;
      yield part;
    }
  }

  private cut(most: number): Buffer {
    const part = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(part.length);
    return part;
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.source.next();
    if (done === true) return false;
    this.rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return true;
  }
}
