import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from './sqlite-log-file.js';
import { expects, type Flat, LogWriter, outcome } from './sqlite-writer.worker.js';

describe('the writer of a log file', () => {
  let directory: string;
  let writer: LogWriter;
  const write = (...appends: Flat[]): Flat => writer.write([1_700_000_000_000, ...appends.flat()]);
  const append = (stream: string, expected: number, ...ids: string[]): Flat => [
    stream,
    'tested',
    expected,
    ids.length,
    ...ids.flatMap((id) => [id, 'Tested', '{}', null]),
  ];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    openLogFile(join(directory, 'events.db'));
    writer = new LogWriter(join(directory, 'events.db'));
  });

  afterEach(() => {
    writer.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('numbers events and positions without a gap over the appends of a batch', () => {
    const answers = write(
      append('a', expects.noStream, '1', '2'),
      append('b', expects.any, '3'),
      append('a', 1, '4'),
    );
    expect(answers).toEqual([outcome.appended, 1, 2, outcome.appended, 0, 3, outcome.appended, 2, 4]);
    expect(write(append('b', expects.streamExists, '5'))).toEqual([outcome.appended, 1, 5]);
  });

  it('lets the appends of a batch see each other', () => {
    const answers = write(append('a', expects.noStream, '1'), append('a', expects.noStream, '2'));
    expect(answers).toEqual([outcome.appended, 0, 1, outcome.conflict, 0, 0]);
    expect(write(append('c', expects.streamExists, '3'))).toEqual([outcome.conflict, -1, 0]);
  });

  it('answers a repetition inside the batch of the first as the first', () => {
    expect(write(append('a', expects.noStream, '1'), append('a', expects.noStream, '1'))).toEqual([
      outcome.appended,
      0,
      1,
      outcome.repeated,
      0,
      1,
    ]);
  });

  it('fails the one append that cannot be written and none of the others', () => {
    const impossible: Flat = ['b', 'tested', expects.any, 1, '2', 'Tested', null, null];
    const answers = write(append('a', expects.noStream, '1'), impossible, append('c', expects.noStream, '3'));
    expect(answers.slice(0, 3)).toEqual([outcome.appended, 0, 1]);
    expect(answers.slice(3, 5)).toEqual([outcome.failed, expect.stringMatching(/NOT NULL/)]);
    expect(answers.slice(6)).toEqual([outcome.appended, 0, 2]);
    expect(write(append('b', expects.noStream, '2'))).toEqual([outcome.appended, 0, 3]);
  });

  it('opens its file again after it was closed', () => {
    write(append('a', expects.noStream, '1'));
    writer.close();
    expect(write(append('a', 0, '2'))).toEqual([outcome.appended, 1, 2]);
  });

  it('does not put an empty file in the place of a log that has vanished', () => {
    const path = join(directory, 'events.db');
    rmSync(path);
    expect(write(append('a', expects.noStream, '1'))[0]).toBe(outcome.failed);
    expect(existsSync(path)).toBe(false);
  });
});
