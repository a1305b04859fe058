import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { WriterThread } from '#libs/platform/src/event-store/sqlite-writer.js';
import { eventually, type StoreUnderTest } from './event-store.support.js';

/** A new directory and what removes it. */
export const aDirectory = async (): Promise<{ path: string; remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'craton-log-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

/** True while somebody keeps the write-ahead log from being truncated. */
const isPinned = (database: DatabaseSync): boolean =>
  (database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy !== 0;

export const sqliteUnderTest = async (): Promise<StoreUnderTest> => {
  const directory = await aDirectory();
  const path = join(directory.path, 'events.db');
  const threads: WriterThread[] = [];
  const open = async () =>
    new SqliteEventStore(path, {
      writer: (file) => {
        const thread = new WriterThread(file);
        threads.push(thread);
        return thread;
      },
    });
  const other = new SqliteEventStore(join(directory.path, 'other.db'));
  const foreign = await other.head();
  await other.close();
  return {
    open,
    interrupt: async () => {
      await Promise.all(threads.splice(0).map(({ worker }) => worker.terminate()));
    },
    stall: async () => {
      const blocker = new DatabaseSync(path);
      blocker.exec('BEGIN IMMEDIATE');
      return async () => {
        blocker.exec('ROLLBACK');
        blocker.close();
      };
    },
    foreignCursor: () => foreign,
    openReads: () => {
      const database = new DatabaseSync(path);
      try {
        return isPinned(database) ? 1 : 0;
      } finally {
        database.close();
      }
    },
    end: directory.remove,
  };
};

const hooks = new URL('../support/typescript-hooks.js', import.meta.url).href;
const program = new URL('./sqlite.child.ts', import.meta.url).pathname;

/** A process that does one of the things of `sqlite.child.ts`. */
export class Child {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  private rest = '';
  private complaints = '';

  constructor(thing: string, ...rest: string[]) {
    const options = ['--conditions=source', '--import', hooks, program, thing, ...rest];
    this.process = spawn(process.execPath, options, { env: { ...process.env, NODE_OPTIONS: '' } });
    this.process.stdout?.on('data', (data: Buffer) => {
      const lines = (this.rest + data.toString()).split('\n');
      this.rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
    this.process.stderr?.on('data', (data: Buffer) => {
      this.complaints += data.toString();
    });
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** Waits until it has started, then lets it do its thing. */
  async begin(): Promise<void> {
    await this.said(/^ready$/);
    this.goOn();
  }

  goOn(): void {
    this.process.stdin?.write('\n');
  }

  /** Waits for the so many-th line that fits. */
  async said(words: RegExp, times = 1): Promise<string> {
    const fitting = () => this.lines.filter((line) => words.test(line));
    await eventually(`the process says ${words}`, () => {
      if (fitting().length < times && this.process.exitCode !== null)
        throw new Error(`the process ended before it said ${words}: ${this.complaints}`);
      return fitting().length >= times;
    });
    return fitting()[times - 1] as string;
  }

  /** Resolves with its exit code when it has ended by itself. */
  async ended(): Promise<number | null> {
    await eventually(`the process ends: ${this.complaints}`, () => this.process.exitCode !== null);
    return this.process.exitCode;
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
  }
}

/** Whether positions are 1, 2, 3 ... and each stream's revisions 0, 1, 2 ... up to the one that the stream is said to have. */
export const isWhole = (path: string): boolean => {
  const database = new DatabaseSync(path);
  try {
    const is = (sql: string) => Object.values(database.prepare(sql).get() as object)[0] === 1;
    return (
      is('SELECT count(*) = coalesce(max(pos), 0) FROM events') &&
      is(
        `SELECT count(*) = 0 FROM (SELECT sid, count(*) n, min(rev) low, max(rev) high FROM events GROUP BY sid) e
         FULL JOIN streams s ON s.sid = e.sid WHERE e.sid IS NULL OR s.sid IS NULL OR low <> 0 OR high <> rev OR n <> rev + 1`,
      ) &&
      is(`SELECT integrity_check = 'ok' FROM pragma_integrity_check`)
    );
  } finally {
    database.close();
  }
};
