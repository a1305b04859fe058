import { isUtf8 } from 'node:buffer';
import type { ByteStream, Limits } from '../fleet-record.js';
import { BadArchive } from './bad-archive.js';
import { tarEntries, type TarEntry } from './tar.js';
import { unpacked } from './unpacked.js';

const mostEntries = 20_000;
const longestName = 1024;
const longestTold = 200;

/** What an archive holds under one name: a file, or why it is none that can be read. */
export interface ArchiveFile {
  /** With forward slashes, relative to the root of the archive; of a name that is none, only what it looks like. */
  readonly path: string;
  readonly bytes?: Buffer;
  readonly problem?: string;
}

const control = /\p{Cc}/gu;

const unreadable: Readonly<Record<Exclude<TarEntry['kind'], 'file' | 'folder'>, string>> = {
  link: 'links are not followed: an archive has to hold the files themselves (tar --dereference --hard-dereference)',
  other: 'the entry is neither a file nor a folder',
};

const placed = (name: Buffer): ArchiveFile => {
  const text = name.toString('utf8');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const path = parts.join('/');
  const wrong = (problem: string) => ({
    path: path.slice(0, longestTold).replaceAll(control, '\ufffd').toWellFormed(),
    problem,
  });
  if (!isUtf8(name) || text.search(control) >= 0) return wrong('the name is not text in UTF-8');
  if (text.startsWith('/') || parts.includes('..')) return wrong('the name leads out of the archive');
  return path.length > longestName ? wrong(`the name is longer than ${longestName} characters`) : { path };
};

class Files {
  readonly found = new Map<string, ArchiveFile>();
  private entries = 0;
  private bytes = 0;

  constructor(
    private readonly limits: Limits,
    private readonly wants: (path: string) => boolean,
  ) {}

  async take(entry: TarEntry): Promise<void> {
    this.entries += 1;
    if (this.entries > mostEntries) throw new BadArchive(`the archive has more than ${mostEntries} entries`);
    const file = placed(entry.name);
    const { path } = file;
    if (entry.kind === 'folder' || path === '' || !this.wants(path)) return;
    if (this.found.has(path)) this.found.set(path, { path, problem: 'the name comes twice in the archive' });
    else this.found.set(path, file.problem === undefined ? await this.read(entry, path) : file);
  }

  private async read({ kind, size, read }: TarEntry, path: string): Promise<ArchiveFile> {
    if (kind !== 'file') return { path, problem: unreadable[kind as keyof typeof unreadable] };
    this.bytes += size;
    if (this.bytes > this.limits.wholeBytes)
      throw new BadArchive(`the files of the archive have more than ${this.limits.wholeBytes} bytes`);
    return { path, bytes: await read() };
  }
}

/**
 * The files of a tar archive, packed with gzip or not, that are wanted by their paths; all of them are in memory. Throws
 * `BadArchive` where it cannot be read to its end or is beyond the limits.
 */
export const archiveFiles = async (
  stream: ByteStream,
  limits: Limits,
  wants: (path: string) => boolean,
): Promise<readonly ArchiveFile[]> => {
  const files = new Files(limits, wants);
  for await (const entry of tarEntries(unpacked(stream, limits.streamBytes))) await files.take(entry);
  return [...files.found.values()];
};
