import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expects } from './sqlite-batch.js';
import { openLogFile } from './sqlite-log-file.js';
import { LogWriter } from './sqlite-log-writer.js';
import { SqliteLog } from './sqlite-log.js';

describe('the reader of a log file', () => {
  let directory: string;
  let log: SqliteLog;
  let writer: LogWriter;
  let count: number;
  const write = (text = '') => {
    const data = JSON.stringify({ text });
    writer.write([0, 0, 'tested-1', 'tested', expects.any, 1, String(++count), 'Tested', data, null]);
  };
  const never = new AbortController().signal;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    const path = join(directory, 'events.db');
    log = new SqliteLog(path, openLogFile(path));
    writer = new LogWriter(path);
    count = 0;
  });

  afterEach(() => {
    log.close();
    writer.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads once for all that are at the same place', () => {
    write();
    const [event] = log.page(0, 10);
    expect(event).toBeDefined();
    expect(log.page(0, 10)[0]).toBe(event);
    expect(log.page(0, 5)[0]).toBe(event);
  });

  it('sees what was written behind a page that it still holds', () => {
    write();
    expect(log.page(0, 10)).toHaveLength(1);
    write();
    expect(log.page(0, 10)).toHaveLength(1);
    expect(log.page(1, 10)).toHaveLength(1);
    expect(log.page(0, 10)).toHaveLength(2);
  });

  it('never holds an empty page', () => {
    expect(log.page(0, 10)).toEqual([]);
    write();
    expect(log.page(0, 10)).toHaveLength(1);
  });

  it('ends a page of large events early, and the next one goes on', () => {
    for (let index = 0; index < 5; index += 1) write('x'.repeat(600_000));
    expect(log.page(0, 10)).toHaveLength(2);
    expect(log.page(2, 10)).toHaveLength(2);
    expect(log.page(4, 10)).toHaveLength(1);
    const { events, more } = log.streamPage({ stream: 'tested-1', from: 4, backwards: true }, 10);
    expect([events.map(({ revision }) => revision), more]).toEqual([[4, 3], true]);
  });

  it('wakes who waits for more than there is, whoever wrote it', async () => {
    write();
    await log.beyond(0, never);
    const waiting = Promise.all([log.beyond(1, never), log.beyond(1, never)]);
    write();
    await waiting;
    expect(log.head()).toBe(2);
  });

  it('wakes who waits when its signal aborts', async () => {
    const controller = new AbortController();
    const waiting = log.beyond(0, controller.signal);
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(log.beyond(0, controller.signal)).resolves.toBeUndefined();
  });
});
