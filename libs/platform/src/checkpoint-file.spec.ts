import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cursor } from '#libs/kernel/src/event.js';
import { CheckpointFile } from './checkpoint-file.js';

describe('a checkpoint', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'craton-checkpoint-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is nothing before the first one', async () => {
    expect(await new CheckpointFile(join(folder, 'none')).read()).toBeUndefined();
  });

  it('is read by whoever opens the file next, and leaves nothing beside it', async () => {
    const path = join(folder, 'deep', 'checkpoint.json');
    await new CheckpointFile(path).write('a' as Cursor);
    await new CheckpointFile(path).write('b' as Cursor);
    expect(await new CheckpointFile(path).read()).toBe('b');
    expect(await readdir(join(folder, 'deep'))).toEqual(['checkpoint.json']);
  });

  it('survives what a crash left of a later one', async () => {
    const path = join(folder, 'checkpoint.json');
    await new CheckpointFile(path).write('a' as Cursor);
    await writeFile(`${path}.new`, '{"cur');
    expect(await new CheckpointFile(path).read()).toBe('a');
    await new CheckpointFile(path).write('b' as Cursor);
    expect(await new CheckpointFile(path).read()).toBe('b');
  });

  it.each(['', '{', '[]', 'null', '{"cursor":7}', '{"cursor":""}'])(
    'is not started over in silence when the file holds %j',
    async (text) => {
      const path = join(folder, 'checkpoint.json');
      await writeFile(path, text);
      await expect(new CheckpointFile(path).read()).rejects.toThrow(`${path} is not a checkpoint`);
    },
  );

  it('names the file that cannot be read', async () => {
    await expect(new CheckpointFile(folder).read()).rejects.toThrow(
      `the checkpoint ${folder} cannot be read`,
    );
  });
});
