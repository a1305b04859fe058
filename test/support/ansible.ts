import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Listed } from '#libs/interchange/src/ansible/listed.js';

/** What the real ansible-inventory lists of an inventory. */
export const ansibleList = (inventory: string): Listed => {
  const home = mkdtempSync(join(tmpdir(), 'craton-ansible-'));
  const env = { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C.UTF-8', ANSIBLE_LOCAL_TEMP: home };
  try {
    const options = { env, timeout: 60_000, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: 'pipe' } as const;
    return JSON.parse(execFileSync('ansible-inventory', ['-i', inventory, '--list'], options)) as Listed;
  } finally {
    rmSync(home, { recursive: true });
  }
};

/** Files under a new folder, by their paths. */
export const filesUnder = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'craton-inventory-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

/** A folder as tar packs it. */
export const packed = (folder: string, ...options: readonly string[]): Buffer =>
  execFileSync('tar', [...options, '-cf', '-', '-C', folder, '.'], { maxBuffer: 2 ** 26 });
