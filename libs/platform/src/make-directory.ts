import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const missingOf = (directory: string): readonly string[] => {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.unshift(at);
  return missing;
};

const make = (path: string, mode: number): void => {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/**
 * Makes a directory, with those above it, unless it is there. Throws in words when that cannot be done. Node's own way of doing so
 * never comes back where a file system like /proc takes no directories.
 */
export const makeDirectory = (directory: string, mode: number): void => {
  try {
    for (const path of missingOf(directory)) make(path, mode);
    if (statSync(directory).isDirectory()) return;
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new Error(`the directory ${directory} cannot be made: ${code}`, { cause });
  }
  throw new Error(`${directory} is not a directory`);
};
