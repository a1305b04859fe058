import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the first administrator needs to know. */
export interface Credentials {
  readonly project_id: string;
  readonly user_id: string;
  readonly username: string;
  readonly api_key: string;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const isCredentials = (value: unknown): value is Credentials =>
  typeof value === 'object' &&
  value !== null &&
  (['project_id', 'user_id', 'username', 'api_key'] as const).every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string',
  );

/** Undefined when there is no such file. Throws, naming it, when it is not what was once written. */
export const readCredentials = async (path: string): Promise<Credentials | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isCredentials(value)) return value;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${path} does not hold the credentials of the first administrator; move it away`);
};

/** Whether others than the owner may read or change it. */
export const isExposed = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o077) !== 0;

const synced = async (path: string, flags: string, text?: string): Promise<void> => {
  const file = await open(path, flags, 0o600);
  try {
    if (text !== undefined) await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** On the disk, whole and for the owner's eyes only, when it resolves. */
export const writeCredentials = async (path: string, credentials: Credentials): Promise<void> => {
  const draft = `${path}.${process.pid}`;
  await synced(draft, 'w', `${JSON.stringify(credentials, undefined, 2)}\n`);
  await rename(draft, path);
  await synced(dirname(path), 'r');
};
