// Loaded by Node itself in Jest's global setup: only types that can be stripped, and only imports of `node:`.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One at a time on this machine: test files run in several processes. */
const apt = async (...words: readonly string[]): Promise<void> => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = join(tmpdir(), 'craton-tests-apt.lock');
  await run('flock', [lock, 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...words], { env, timeout: 600_000 });
};

const fetched = async (name: string): Promise<void> => {
  // 101: do not start a service that the package brings; it would listen on every address.
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const wanted = ['install', '-y', '--no-install-recommends', name];
  try {
    await apt(...wanted).catch(async () => {
      await apt('update');
      await apt(...wanted);
    });
  } finally {
    if (ours) await rm(policy, { force: true });
  }
};

/** Installs Debian's package when we are root; else rejects, saying what to do. */
export const install = async (name: string, remedy = ''): Promise<void> => {
  const advice = `${remedy}install ${name} (Debian: apt-get install ${name})`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`there is no ${name}: ${advice}`);
  try {
    await fetched(name);
  } catch (error) {
    throw new Error(`${name} cannot be installed: ${advice}`, { cause: error });
  }
};

/** The same when the program is not there. */
export const needsPackage = async (program: string, name: string): Promise<void> => {
  if (!existsSync(program)) await install(name);
};
