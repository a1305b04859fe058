import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { task } from '../task.js';

const block = Buffer.alloc(4096, 1);
const blocks = 4096;

/** Answers how many times a second 4 KiB of a file that is there already can be written and synced, one after the other. */
task(({ path, seconds }: { path: string; seconds: number }) => {
  const file = openSync(path, 'w');
  for (let index = 0; index < blocks; index += 1)
    writeSync(file, block, 0, block.length, index * block.length);
  fdatasyncSync(file);
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < seconds * 1000) {
    writeSync(file, block, 0, block.length, (count % blocks) * block.length);
    fdatasyncSync(file);
    count += 1;
  }
  const rate = (1000 * count) / (performance.now() - begun);
  closeSync(file);
  return rate;
});
