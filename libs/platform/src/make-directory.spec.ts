import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from './make-directory.js';

describe('a directory that is to be there', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'make-directory-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is made with those above it, for nobody else, and left alone when it is there', () => {
    const deep = join(dir, 'a', 'b');
    makeDirectory(deep, 0o700);
    makeDirectory(deep, 0o755);
    for (const path of [deep, join(dir, 'a')]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is refused where there can be none', () => {
    expect(() => makeDirectory('/proc/nope/data', 0o700)).toThrow(
      'the directory /proc/nope/data cannot be made: ENOENT',
    );
  });

  it('is refused where a file is in the way, or a link that leads nowhere', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    symlinkSync(join(dir, 'nowhere'), join(dir, 'link'));
    expect(() => makeDirectory(file, 0o700)).toThrow(`${file} is not a directory`);
    expect(() => makeDirectory(join(file, 'below'), 0o700)).toThrow(/cannot be made: ENOTDIR/);
    expect(() => makeDirectory(join(dir, 'link'), 0o700)).toThrow(/cannot be made: ENOENT/);
  });
});
