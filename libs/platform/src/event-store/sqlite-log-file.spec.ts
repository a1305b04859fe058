import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from './event-store.errors.js';
import { openLogFile } from './sqlite-log-file.js';
import { LogWriter } from './sqlite-log-writer.js';

describe('a log file', () => {
  let directory: string;
  let path: string;
  const refusal = (at = path): Error => {
    try {
      openLogFile(at);
    } catch (error) {
      return error as Error;
    }
    throw new Error('the file was opened');
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    path = join(directory, 'events.db');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('is made with its directories, readable by its owner only', () => {
    const deep = join(directory, 'some', 'where', 'events.db');
    openLogFile(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'some')).mode & 0o777).toBe(0o700);
  });

  it('keeps its identity, and has another one than any other', () => {
    const identity = openLogFile(path);
    expect(openLogFile(path)).toBe(identity);
    expect(openLogFile(join(directory, 'other.db'))).not.toBe(identity);
  });

  it.each<[string, () => void, RegExp]>([
    ['text', () => writeFileSync(path, 'dear diary\n'.repeat(100)), /not an event log/],
    ['a few bytes', () => writeFileSync(path, 'SQLite'), /not an event log/],
    [
      'a header and noise',
      () => writeFileSync(path, `SQLite format 3\0${'\u0007'.repeat(5000)}`),
      /cut off|not a database/,
    ],
    [
      'another database',
      () => new DatabaseSync(path).exec('CREATE TABLE other (x)'),
      /SQLite database, but not an event/,
    ],
    ['a directory', () => mkdirSync(path), /EISDIR|directory/],
  ])('that is %s is refused by its path and left as it is', (_, make, words) => {
    make();
    const before = statSync(path);
    expect(refusal()).toBeInstanceOf(StoreUnavailable);
    expect(refusal().message).toContain(path);
    expect(refusal().message).toMatch(words);
    expect(statSync(path).size).toBe(before.size);
  });

  it('that was made with larger pages goes on with them', () => {
    const made = new DatabaseSync(path);
    made.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL');
    made.close();
    const identity = openLogFile(path);
    const writer = new LogWriter(path);
    const id = '00000000-0000-4000-8000-000000000000';
    expect(writer.write([0, 0, 'tested-1', 'tested', -1, 1, id, 'T', '{}', null])).toEqual([0, 0, 1]);
    expect(writer.database.prepare('PRAGMA page_size').get()).toEqual({ page_size: 8192 });
    writer.close();
    expect(openLogFile(path)).toBe(identity);
  });

  it('of another schema is refused by both versions', () => {
    openLogFile(path);
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 7');
    database.close();
    expect(refusal().message).toMatch(/schema 7.*schema 1/);
  });

  it.each([0.9, 0.5, 0.1])('that was cut off at %d of its length is refused', (part) => {
    openLogFile(path);
    const writer = new LogWriter(path);
    const text = JSON.stringify({ text: 'x'.repeat(1000) });
    for (let index = 0; index < 300; index += 1)
      writer.write([
        0,
        0,
        `tested-${index}`,
        'tested',
        -1,
        1,
        '00000000-0000-4000-8000-000000000000',
        'T',
        text,
        null,
      ]);
    writer.close();
    truncateSync(path, Math.floor(statSync(path).size * part));
    expect(refusal().message).toMatch(/cut off/);
    expect(refusal().message).toContain(path);
  });

  it('below something that is no directory is refused', () => {
    closeSync(openSync(join(directory, 'file'), 'w'));
    const below = join(directory, 'file', 'events.db');
    expect(refusal(below)).toBeInstanceOf(StoreUnavailable);
    expect(refusal(below).message).toMatch(/ENOTDIR|EEXIST/);
    expect(refusal(below).message).toContain(below);
  });

  it('in a directory that may not be written to is refused', () => {
    const readOnly = join(directory, 'read-only');
    mkdirSync(readOnly, { mode: 0o555 });
    const inside = join(readOnly, 'events.db');
    const asNobody = <T>(act: () => T): T => {
      // Root may write anywhere.
      if (process.geteuid?.() !== 0) return act();
      process.seteuid?.(65_534);
      try {
        return act();
      } finally {
        process.seteuid?.(0);
      }
    };
    chmodSync(directory, 0o755);
    const error = asNobody(() => refusal(inside));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/EACCES/);
    expect(error.message).toContain(inside);
  });
});
