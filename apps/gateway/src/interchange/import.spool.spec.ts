import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { Spool } from './import.spool.js';

describe('a spool', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives each reader what was kept, although several read before it is on the disk', async () => {
    const spool = await Spool.in(folder);
    const texts = Array.from({ length: 300 }, (_, number) => `${number}`.padEnd(3000, 'x'));
    const kept = texts.map((text) => spool.keep(text));
    const { file } = spool as unknown as { file: FileHandle };
    const write = file.write.bind(file) as (...all: unknown[]) => Promise<unknown>;
    const disk = Promise.withResolvers<void>();
    file.write = (async (...all: unknown[]) => {
      await disk.promise;
      return write(...all);
    }) as unknown as FileHandle['write'];
    const read = [spool.read(kept), spool.read(kept.toReversed())];
    await othersTurn();
    disk.resolve();
    expect(await Promise.all(read)).toEqual([texts, texts.toReversed()]);
    await spool.close();
  });

  it('never gives what it does not have', async () => {
    const spool = await Spool.in(folder);
    spool.keep('all');
    await expect(spool.read([{ at: 0, length: 4 }])).rejects.toThrow('ends before');
    await spool.close();
  });
});
