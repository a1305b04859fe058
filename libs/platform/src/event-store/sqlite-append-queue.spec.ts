import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { SystemClock } from '../clock.js';
import { AppendQueue, type Place, type Written } from './sqlite-append-queue.js';
import { type Flat, offsets } from './sqlite-batch.js';
import { openLogFile } from './sqlite-log-file.js';
import { LogWriter } from './sqlite-log-writer.js';
import { WriterThread } from './sqlite-writer.js';

/** How many appends each batch held, and whether more of the same commit were to follow. */
interface Handed {
  readonly appends: number;
  readonly more: boolean;
}

describe('appends that are asked for together', () => {
  let directory: string;
  let queue: AppendQueue;
  let handed: Handed[];
  let written: Written[];
  const open = (): void => {
    const path = join(directory, 'events.db');
    openLogFile(path);
    const writer = new LogWriter(path);
    const connect = () => ({
      alive: true,
      write: async (batch: Flat) => {
        handed.push({ appends: offsets(batch).length, more: batch[1] === 1 });
        return writer.write(batch);
      },
      close: async () => {
        writer.close();
      },
    });
    queue = new AppendQueue(path, connect, new SystemClock(), (appends) => {
      written.push(...appends);
    });
  };
  const append = (): Promise<Place> => {
    const events = [{ id: v7(), type: 'Tested', data: '{}', metadata: null }];
    return queue.append({ stream: `tested-${v7()}`, expected: 'no_stream', events, bytes: 8 }, 10_000);
  };
  const together = (count: number) => Promise.all(Array.from({ length: count }, append));
  const positions = (places: readonly Place[]) => places.map(({ position }) => position);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    handed = [];
    written = [];
    open();
  });

  afterEach(async () => {
    await queue.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are one batch when they are few', async () => {
    expect(positions(await together(10))).toEqual(upTo(10));
    expect(handed).toEqual([{ appends: 10, more: false }]);
  });

  it('begin to be written before all have been asked for, in their order', async () => {
    const places = together(100);
    expect(handed.length).toBeGreaterThan(1);
    expect(positions(await places)).toEqual(upTo(100));
    expect(handed.map(({ more }) => more)).toEqual([...handed.slice(1).map(() => true), false]);
    expect(written.map(({ place }) => place.position)).toEqual(upTo(100));
  });

  it('are at most a thousand a commit', async () => {
    expect(positions(await together(2500))).toEqual(upTo(2500));
    const commits: number[] = [];
    let appends = 0;
    for (const each of handed) {
      appends += each.appends;
      if (each.more) continue;
      commits.push(appends);
      appends = 0;
    }
    expect(commits).toEqual([1000, 1000, 500]);
  });

  it('are drained before the log is closed', async () => {
    const places = together(100);
    await queue.drain();
    expect(written).toHaveLength(100);
    await places;
  });
});

describe('the thread that writes', () => {
  it('does not wait long for a batch that was announced and does not come', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    const path = join(directory, 'events.db');
    openLogFile(path);
    const thread = new WriterThread(path);
    const append = (id: string): Flat => ['tested-1', 'tested', -3, 1, id, 'Tested', '{}', null];
    const announced = await Promise.all([
      thread.write([0, 1, ...append('1')]),
      thread.write([0, 1, ...append('2')]),
    ]);
    expect(announced).toEqual([
      [0, 0, 1],
      [0, 1, 2],
    ]);
    expect(await thread.write([0, 0, ...append('3')])).toEqual([0, 2, 3]);
    await thread.close();
    rmSync(directory, { recursive: true, force: true });
  });
});
