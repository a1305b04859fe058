import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { SystemClock } from '../clock.js';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.errors.js';
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
  /** What the writer waits for before it writes. */
  let gate: Promise<void> | undefined;
  const open = (): void => {
    const path = join(directory, 'events.db');
    openLogFile(path);
    const writer = new LogWriter(path);
    const connect = () => ({
      alive: true,
      write: async (batch: Flat) => {
        handed.push({ appends: offsets(batch).length, more: batch[1] === 1 });
        await gate;
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
  const append = (timeoutMs = 10_000): Promise<Place> => {
    const events = [{ id: v7(), type: 'Tested', data: '{}', metadata: null }];
    return queue.append({ stream: `tested-${v7()}`, expected: 'no_stream', events, bytes: 8 }, timeoutMs);
  };
  const together = (count: number) => Promise.all(Array.from({ length: count }, () => append()));
  const positions = (places: readonly Place[]) => places.map(({ position }) => position);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    handed = [];
    written = [];
    gate = undefined;
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

  it('that wait too long are refused, each after its own time, and are not written', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    gate = promise;
    const begun = append();
    await new Promise((resolve) => setImmediate(resolve));
    const patient = append();
    const late = await Promise.allSettled([80, 20, 40].map((timeoutMs) => append(timeoutMs)));
    const reasons = late.map((each) => each.status === 'rejected' && (each.reason as Error));
    expect(reasons).toEqual([80, 20, 40].map(() => expect.any(StoreUnavailable)));
    expect(String(reasons)).toMatch(/within 80 ms, .*not begun.* 20 ms, .*not begun.* 40 ms, .*not begun/);
    release();
    expect(positions(await Promise.all([begun, patient]))).toEqual([1, 2]);
    expect(written).toHaveLength(2);
  });

  it('that the writer has begun and does not answer have an unknown outcome', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    gate = promise;
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => append(200)));
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason)).toEqual(
      outcomes.map(() => expect.any(AppendOutcomeUnknown)),
    );
    release();
    expect(positions([await append()])).toEqual([41]);
    expect(written).toHaveLength(41);
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
