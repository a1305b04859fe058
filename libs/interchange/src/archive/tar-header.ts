import { BadArchive } from './bad-archive.js';

export const blockSize = 512;

export interface TarHeader {
  /** As it is written: whether it is text is for others to say. */
  readonly name: Buffer;
  readonly size: number;
  /** One character; old archives say a NUL for a file. */
  readonly type: string;
}

const space = 0x20;
const checksumAt = 148;
const checksumEnd = 156;

const cut = (field: Buffer): Buffer => {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
};

const octal = /^ *([0-7]+)[ \0]*$/;

/** Octal digits, or, with the first bit set, a binary number as GNU's tar writes it. */
const numberIn = (field: Buffer): number => {
  if ((field[0] as number) & 0x80) {
    const value = BigInt(`0x${field.toString('hex')}`) & ((1n << BigInt(field.length * 8 - 1)) - 1n);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.NaN;
  }
  const text = field.toString('latin1');
  if (/^[ \0]*$/.test(text)) return 0;
  return Number.parseInt(octal.exec(text)?.[1] ?? 'none', 8);
};

const sumOf = (bytes: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 1) sum += bytes[at] as number;
  return sum;
};

/** The sum is counted as if spaces were in its own place. */
const isIntact = (block: Buffer, sum: number): boolean => {
  const field = block.subarray(checksumAt, checksumEnd);
  return numberIn(field) === sum - sumOf(field) + field.length * space;
};

/** The head of an entry; undefined for a block of zeros, which ends an archive. Throws `BadArchive`. */
export const headerIn = (block: Buffer): TarHeader | undefined => {
  const sum = sumOf(block);
  if (sum === 0) return undefined;
  if (!isIntact(block, sum)) throw new BadArchive('the archive is no tar archive, or it is damaged');
  const size = numberIn(block.subarray(124, 136));
  if (!Number.isSafeInteger(size)) throw new BadArchive('the size of an entry cannot be read');
  const short = cut(block.subarray(0, 100));
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? cut(block.subarray(345, 500)) : undefined;
  return {
    name: prefix?.length ? Buffer.concat([prefix, Buffer.from('/'), short]) : short,
    size,
    type: String.fromCharCode(block[156] as number),
  };
};

/** Records of an extended header: `<length> <name>=<value>`, each with a line feed at its end. Throws `BadArchive`. */
export const extendedIn = (bytes: Buffer): ReadonlyMap<string, Buffer> => {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const length = Number(/^\d{1,9}(?= )/.exec(bytes.toString('latin1', at, at + 10))?.[0]);
    const record = bytes.subarray(at, at + length);
    const equals = record.indexOf('=');
    if (!(length > 0) || record.length !== length || record.at(-1) !== 0x0a || equals < 0)
      throw new BadArchive('an extended header of the archive cannot be read');
    const name = record.toString('utf8', String(length).length + 1, equals);
    records.set(name, record.subarray(equals + 1, -1));
    at += length;
  }
  return records;
};
