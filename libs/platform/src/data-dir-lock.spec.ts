import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirLock, lockFile } from './data-dir-lock.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'data-dir-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A process of its own that holds the directory until it is killed. */
const holder = async (held: string) => {
  const module = join(import.meta.dirname, 'data-dir-lock.ts');
  const hooks = join(import.meta.dirname, '../../../test/support/typescript-hooks.js');
  const script = `import { DataDirLock } from ${JSON.stringify(module)};
    DataDirLock.take(${JSON.stringify(held)});
    process.stdout.write('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', hooks, '--input-type=module', '--eval', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return child;
};

describe('a data directory', () => {
  it('belongs to one holder at a time', () => {
    const release = DataDirLock.take(dir);
    expect(() => DataDirLock.take(dir)).toThrow(`another craton process uses ${dir}`);
    release();
    release();
    DataDirLock.take(dir)();
  });

  it('is made when there is none', () => {
    DataDirLock.take(join(dir, 'new', 'er'))();
    expect(existsSync(join(dir, 'new', 'er'))).toBe(true);
  });

  it('is refused while another process holds it, and free when that was killed', async () => {
    const child = await holder(dir);
    expect(() => DataDirLock.take(dir)).toThrow(`another craton process uses ${dir}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    DataDirLock.take(dir)();
  });

  it('is refused with the reason when it cannot be locked', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => lockFile(join(dir, 'nowhere', 'lock'), 'held')).toThrow(
      /^cannot lock .*nowhere.*unable to open/,
    );
    expect(() => DataDirLock.take(join(dir, 'file'))).toThrow('is not a directory');
  });
});
