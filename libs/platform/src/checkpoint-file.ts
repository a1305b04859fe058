import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cursor } from '#libs/kernel/src/event.js';

/**
 * How far a reader of the log has come, kept in a file that is replaced whole: a crash leaves the old cursor or the new one.
 * `read` resolves with undefined when there is no file, and rejects when there is one that is not a checkpoint.
 */
export class CheckpointFile {
  constructor(readonly path: string) {}

  async read(): Promise<Cursor | undefined> {
    const text = await this.#text();
    if (text === undefined) return undefined;
    const cursor = cursorIn(text);
    if (cursor === undefined)
      throw new Error(`${this.path} is not a checkpoint; move it away to start from the first event`);
    return cursor;
  }

  async write(cursor: Cursor): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true });
    const temporary = `${this.path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ cursor })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
    await syncFolder(folder);
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`the checkpoint ${this.path} cannot be read`, { cause: error });
    }
  }
}

const cursorIn = (text: string): Cursor | undefined => {
  try {
    const { cursor } = JSON.parse(text) as { cursor?: unknown };
    return typeof cursor === 'string' && cursor !== '' ? (cursor as Cursor) : undefined;
  } catch {
    return undefined;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
