import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteStream } from '../fleet-record.js';
import { BadArchive } from './bad-archive.js';

const gzip = Buffer.from([0x1f, 0x8b]);

const isDamaged = (error: unknown): boolean =>
  String((error as { readonly code?: unknown } | null)?.code).startsWith('Z_');

async function* gunzipped(stream: Readable): AsyncGenerator<Buffer> {
  const packed = createGunzip({ chunkSize: 64 * 1024 });
  // What goes wrong before it arrives here, too: nothing else is told of it.
  pipeline(stream, packed, () => undefined);
  try {
    yield* packed as AsyncIterable<Buffer>;
  } catch (error) {
    throw isDamaged(error) ? new BadArchive('the archive is not gzip, or it is damaged') : error;
  }
}

async function* headed(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* each(stream: ByteStream): AsyncGenerator<Uint8Array> {
  yield* stream;
}

/** At most so many bytes of what the stream comes to without gzip, when it is packed with it. Throws `BadArchive`. */
export async function* unpacked(stream: ByteStream, most: number): AsyncGenerator<Uint8Array> {
  const parts = each(stream);
  let head: Buffer = Buffer.alloc(0);
  while (head.length < gzip.length) {
    const next = await parts.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = headed(head, parts);
  const isPacked = head.subarray(0, 2).equals(gzip);
  let left = most;
  for await (const part of isPacked ? gunzipped(Readable.from(whole, { objectMode: false })) : whole) {
    left -= part.length;
    if (left < 0) throw new BadArchive(`the archive is longer than ${most} bytes when it is unpacked`);
    yield part;
  }
}
