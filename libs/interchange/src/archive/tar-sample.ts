/** For tests: an entry of an archive that is written byte by byte, since no proper program would. */
export interface Packed {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** Default: a file. */
  readonly type?: string;
  /** Default: the content's. */
  readonly size?: number;
}

const blockSize = 512;

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize)]);

const header = ({ name, type = '0' }: Packed, size: number): Buffer => {
  const block = Buffer.alloc(blockSize);
  Buffer.from(name as string).copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

/** One entry, without what ends an archive. */
export const tarEntry = (entry: Packed): Buffer => {
  const content = Buffer.from((entry.content ?? '') as string);
  return Buffer.concat([header(entry, entry.size ?? content.length), padded(content)]);
};

export const tarEnd = Buffer.alloc(2 * blockSize);

export const tarOf = (...entries: readonly Packed[]): Buffer =>
  Buffer.concat([...entries.map(tarEntry), tarEnd]);
