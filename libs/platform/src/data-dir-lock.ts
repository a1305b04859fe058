import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from './make-directory.js';

const busy = 5;

// What nobody refers to is collected, and its lock with it.
const held = new Set<DatabaseSync>();

const exclusive = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * Takes a file as a lock for the life of this process; the kernel lets go of it however the process ends. Throws `refusal`
 * when it is held, by this process or another. The file stays: unlinking it would let two processes hold two files.
 */
export const lockFile = (file: string, refusal: string): (() => void) => {
  let database: DatabaseSync;
  try {
    database = exclusive(file);
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) throw new Error(refusal, { cause: error });
    throw new Error(`cannot lock ${file}: ${(error as Error).message}`, { cause: error });
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
};

/** Keeps every other process off a data directory. */
export class DataDirLock {
  /** Makes the directory when there is none. Answers how to let go; throws when another process uses the directory. */
  static take(dir: string): () => void {
    makeDirectory(dir, 0o700);
    return lockFile(join(dir, 'craton.lock'), `another craton process uses ${dir}`);
  }
}
