import type { ByteStream } from '../fleet-record.js';
import { BadArchive } from './bad-archive.js';
import { Blocks } from './blocks.js';
import { blockSize, extendedIn, headerIn, type TarHeader } from './tar-header.js';

export interface TarEntry {
  /** As it is written. */
  readonly name: Buffer;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** The content, once and before the next entry; what is not asked for is passed over. */
  readonly read: () => Promise<Buffer>;
}

/** Long names and other things about the entry that follows. */
const longestMeta = 64 * 1024;

const kinds: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '5': 'folder',
  '1': 'link',
  '2': 'link',
};

const metaTypes = new Set(['x', 'g', 'L', 'K']);
/** Links, devices and folders have no content, whatever they say of their size. */
const hasContent = (type: string): boolean => !/[1-6]/.test(type);

const padded = (size: number): number => Math.ceil(size / blockSize) * blockSize;

/** What comes before an entry and is about it. */
interface Meta {
  name?: Buffer;
  size?: number;
  sparse?: boolean;
}

const sizeIn = (field: Buffer): number => {
  const text = field.toString('latin1');
  if (!/^\d{1,15}$/.test(text)) throw new BadArchive('the size of an entry cannot be read');
  return Number(text);
};

const noted = (meta: Meta, type: string, content: Buffer): void => {
  if (type === 'L') {
    const end = content.indexOf(0);
    meta.name = end < 0 ? content : content.subarray(0, end);
  }
  if (type !== 'x') return;
  const records = extendedIn(content);
  const [name, size] = [records.get('path'), records.get('size')];
  if (name) meta.name = name;
  if (size) meta.size = sizeIn(size);
  meta.sparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
};

class TarReader {
  private readonly blocks: Blocks;

  constructor(stream: ByteStream) {
    this.blocks = new Blocks(stream);
  }

  async *entries(): AsyncGenerator<TarEntry> {
    try {
      let meta: Meta = {};
      for (let header = await this.header(); header; header = await this.header()) {
        if (metaTypes.has(header.type)) {
          noted(meta, header.type, await this.meta(header));
          continue;
        }
        yield* this.entry(header, meta);
        meta = {};
      }
      // To the end, where what packed it says whether it is intact.
      await this.blocks.drain();
    } finally {
      await this.blocks.close();
    }
  }

  private async header(): Promise<TarHeader | undefined> {
    const block = await this.blocks.take(blockSize);
    // A part of an archive must not be taken for the whole.
    if (!block) throw new BadArchive('the archive ends too early');
    return headerIn(block);
  }

  private async meta({ size }: TarHeader): Promise<Buffer> {
    if (size > longestMeta)
      throw new BadArchive(`a header of the archive is longer than ${longestMeta} bytes`);
    const content = await this.blocks.take(padded(size));
    if (!content && size > 0) throw new BadArchive('the archive ends too early');
    return content?.subarray(0, size) ?? Buffer.alloc(0);
  }

  private async *entry(header: TarHeader, meta: Meta): AsyncGenerator<TarEntry> {
    const { type } = header;
    const size = hasContent(type) ? (meta.size ?? header.size) : 0;
    const name = meta.name ?? header.name;
    const kind = meta.sparse === true ? 'other' : (kinds[type] ?? 'other');
    let isRead = size === 0;
    const read = async () => {
      isRead = true;
      const content = size === 0 ? Buffer.alloc(0) : await this.blocks.take(padded(size));
      if (!content) throw new BadArchive('the archive ends too early');
      // A copy: the little that is kept must not hold on to all that came with it.
      return Buffer.from(content.subarray(0, size));
    };
    // Old archives know a folder by its name only.
    const isFolder = kind === 'file' && name.at(-1) === 0x2f;
    yield { name, kind: isFolder ? 'folder' : kind, size, read };
    if (!isRead) await this.blocks.skip(padded(size));
  }
}

/**
 * The entries of a tar archive in their order: of POSIX with extended headers, of GNU with long names, and old ones. Throws
 * `BadArchive` for what is none, and where it ends before its end mark. Memory: what is asked for, and 64 KiB.
 */
export const tarEntries = (stream: ByteStream): AsyncGenerator<TarEntry> => new TarReader(stream).entries();
