import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expects, type Flat, outcome } from './sqlite-batch.js';
import { openLogFile } from './sqlite-log-file.js';
import { LogWriter } from './sqlite-log-writer.js';

describe('the writer of a log file', () => {
  let directory: string;
  let writer: LogWriter;
  const write = (...appends: Flat[]): Flat => writer.write([1_700_000_000_000, 0, ...appends.flat()]);
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

  it('commits all batches that it has taken at once, and answers for each', () => {
    const reader = new DatabaseSync(join(directory, 'events.db'), { readOnly: true });
    const events = () => reader.prepare('SELECT count(*) AS count FROM events').get();
    writer.take([0, 1, ...append('a', expects.noStream, '1')]);
    writer.take([0, 1, ...append('a', expects.noStream, '2'), ...append('b', expects.any, '3')]);
    writer.take([0, 0]);
    expect(events()).toEqual({ count: 0 });
    expect(writer.settle()).toEqual([
      [outcome.appended, 0, 1],
      [outcome.conflict, 0, 0, outcome.appended, 0, 2],
      [],
    ]);
    expect(events()).toEqual({ count: 2 });
    reader.close();
  });

  it('fails the one append that cannot be written and none of the others of any batch', () => {
    writer.take([0, 1, ...append('a', expects.noStream, '1')]);
    writer.take([0, 1, 'b', 'tested', expects.any, 1, '2', 'Tested', null, null]);
    writer.take([0, 0, ...append('a', 0, '3')]);
    expect(writer.settle()).toEqual([
      [outcome.appended, 0, 1],
      [outcome.failed, expect.stringMatching(/NOT NULL/), 0],
      [outcome.appended, 1, 2],
    ]);
    expect(write(append('a', 1, '4'))).toEqual([outcome.appended, 2, 3]);
  });

  it('sees what another one has written to a stream that it knows', () => {
    const other = new LogWriter(join(directory, 'events.db'));
    write(append('a', expects.noStream, '1'));
    other.write([0, 0, ...append('a', 0, '2')]);
    expect(write(append('a', 0, '3'))).toEqual([outcome.conflict, 1, 0]);
    expect(write(append('a', 1, '3'))).toEqual([outcome.appended, 2, 3]);
    writer.close();
    other.write([0, 0, ...append('a', 2, '4')]);
    expect(write(append('a', 3, '5'))).toEqual([outcome.appended, 4, 5]);
    other.close();
  });

  it('does not take for written what found no room', () => {
    write(append('a', expects.noStream, '1'));
    const text = JSON.stringify({ text: 'x'.repeat(300_000) });
    const large = (expected: number, id: string): Flat => ['a', 'tested', expected, 1, id, 'T', text, null];
    writer.database.exec('PRAGMA max_page_count = 20');
    const answers = write(append('b', expects.noStream, '2'), append('a', 0, '3'), large(1, '4'));
    expect(answers.slice(0, 6)).toEqual([outcome.appended, 0, 2, outcome.appended, 1, 3]);
    expect(answers.slice(6, 8)).toEqual([outcome.failed, expect.stringMatching(/full/)]);
    writer.database.exec('PRAGMA max_page_count = 2000');
    expect(write(large(1, '4'), append('a', 2, '5'))).toEqual([
      outcome.appended,
      2,
      4,
      outcome.appended,
      3,
      5,
    ]);
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
