import { existsSync, renameSync, rmSync } from 'node:fs';
import { constants, DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Cursor, Recorded } from '#libs/kernel/src/event.js';
import type { AnyProjection } from '#libs/kernel/src/projection.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { Build } from './build.js';
import { Catalog, catalogSchema } from './catalog.js';
import { Checkpoints } from './checkpoints.js';
import { Draft, draftFormat, format } from './draft.js';
import { LogMark, markSchema } from './log-mark.js';
import { PastReader, Reader } from './reader.js';
import { isForeign, isSqlite, isTrouble } from './sqlite-failure.js';
import type { Watch } from './watch.js';

/** 'crat', so that nobody's other database is taken for ours. */
const applicationId = 0x63726174;
class Foreign extends Error {}
class Outdated extends Error {}

/** What SQLite asks leave for when a query is prepared. */
const harmless = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_TRANSACTION,
  constants.SQLITE_PRAGMA,
]);

export interface FileOptions {
  readonly path: string;
  readonly projections: readonly AnyProjection[];
  readonly log: (line: string) => void;
  /** A query or a write met damage: the file has to be built again. */
  readonly onDamage: (error: Error) => void;
  /** Told of every write; lose what they know when the tables are others. May become more. */
  readonly watches?: readonly Watch[];
}

/**
 * One life of the file: a connection that writes and reads the present, and one that reads the past. Reading where it was written
 * finds the pages in memory: SQLite lets go of all of them whenever another connection has committed.
 */
export class ReadModelFile {
  readonly catalog: Catalog;
  readonly mark: LogMark;
  readonly present: Reader;
  readonly past: PastReader;
  private readonly database: DatabaseSync;
  private readonly watches: readonly Watch[];
  private readonly setCursor: StatementSync;
  /** Whether statements may be prepared on the connection that do more than ask. */
  private writing = true;
  /** Until something in it was complete. */
  private draft: Draft | undefined;
  private readonly checkpoints: Checkpoints;

  /** Opens the file or makes it; one that is damaged, not ours or of another format is replaced. Throws when there can be none. */
  static open(options: FileOptions): ReadModelFile {
    try {
      return new ReadModelFile(options);
    } catch (error) {
      if (!isReplaceable(error)) throw error;
      replace(options, error as Error);
      return new ReadModelFile(options);
    }
  }

  private constructor({ path, projections, onDamage, watches = [] }: FileOptions) {
    this.watches = watches;
    for (const watch of watches) watch.lose();
    this.checkpoints = new Checkpoints(path);
    this.database = new DatabaseSync(path, { timeout: 1000 });
    this.database.setAuthorizer((action) =>
      this.writing || harmless.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY,
    );
    try {
      this.prepare();
      this.catalog = new Catalog(this.database, projections);
      this.transaction(() => {
        this.catalog.settle();
      });
      if (!this.catalog.hasLive()) this.draft = Draft.begin(this.database, path);
      this.mark = new LogMark(this.database);
      this.setCursor = this.database.prepare('UPDATE _builds SET cursor = ? WHERE id = ?');
      this.present = new Reader(this.database, onDamage);
      this.past = new PastReader(path, onDamage);
      this.define();
      this.writing = false;
    } catch (error) {
      this.shut();
      throw error;
    }
  }

  /** All or nothing: the writes of these events, how far the builds have read, and, for the main feed, the log's own mark. */
  apply(events: readonly RecordedEvent[], upTo: Cursor, builds: readonly Build[], marks: boolean): void {
    const behind = builds.filter(({ cursor }) => cursor === undefined || cursor < upTo);
    this.transaction(() => {
      for (const stored of events) {
        const event = recorded(stored);
        for (const build of behind) build.apply(event, this.watches);
      }
      for (const { id } of behind) this.setCursor.run(upTo, id);
      if (marks) this.mark.record(events);
    });
    for (const build of behind) build.cursor = upTo;
    if (marks) this.mark.reload();
    if (this.draft === undefined) this.checkpoints.note(events.length);
  }

  /** The builds answer from now on, having read everything up to the cursor. */
  promote(builds: readonly Build[], cursor: Cursor | undefined): void {
    this.transaction(() => {
      for (const build of builds) this.catalog.promote(build, cursor);
    });
    for (const build of builds) build.cursor = cursor;
    for (const watch of this.watches) watch.lose();
    this.seal();
    this.define();
  }

  async close(): Promise<void> {
    // Who closes a file last takes its write-ahead log away, by its name.
    await this.checkpoints.close();
    this.shut();
  }

  private shut(): void {
    this.past?.close();
    if (!this.database.isOpen) return;
    try {
      this.present?.release();
      this.seal();
    } catch {
      // It stays a draft, which is built again.
    }
    this.database.close();
  }

  private seal(): void {
    this.draft?.seal();
    this.draft = undefined;
  }

  private prepare(): void {
    const { application_id: owner } = this.one<{ application_id: number }>('PRAGMA application_id');
    const { user_version: version } = this.one<{ user_version: number }>('PRAGMA user_version');
    const { tables } = this.one<{ tables: number }>('SELECT count(*) AS tables FROM sqlite_schema');
    if (tables > 0 && owner !== applicationId) throw new Foreign('it belongs to another program');
    if (tables > 0 && version === draftFormat) throw new Outdated('its first building was cut off');
    if (tables > 0 && version !== format) throw new Outdated('it is of another format');
    // For writing, half as much would do; what is read often stays.
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000');
    // Only where the thread that does it is late.
    this.database.exec('PRAGMA wal_autocheckpoint = 16000');
    if (tables > 0) return;
    this.transaction(() => {
      this.database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format}`);
      this.database.exec(catalogSchema + markSchema);
    });
  }

  private define(): void {
    const { present, past } = this.catalog.views();
    this.changing(() => {
      this.present.define(present);
    });
    this.past.define(past);
  }

  private transaction(work: () => void): void {
    this.present?.release();
    this.past?.release();
    this.changing(() => {
      this.database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.database.exec('COMMIT');
      } catch (error) {
        // A full disk may have ended the transaction already.
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Outside, a query that would change something is refused when it is prepared. */
  private changing(work: () => void): void {
    const before = this.writing;
    this.writing = true;
    try {
      work();
    } finally {
      this.writing = before;
    }
  }

  private one<T>(sql: string): T {
    return this.database.prepare(sql).get() as T;
  }
}

// The one place where what the log stores is taken for what Craton wrote; what others wrote has no metadata.
const recorded = (event: RecordedEvent): Recorded =>
  (event.metadata === undefined ? { ...event, metadata: {} } : event) as unknown as Recorded;

/** Takes the file away, or puts it aside when it may be worth something to somebody. */
export const discard = (path: string, aside?: string): void => {
  if (aside !== undefined && existsSync(path)) {
    renameSync(path, aside);
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
};

const isReplaceable = (error: unknown): boolean =>
  error instanceof Foreign || error instanceof Outdated || (isSqlite(error) && !isTrouble(error));

const replace = ({ path, log }: FileOptions, error: Error): void => {
  const foreign = error instanceof Foreign || isForeign(error);
  const damaged = foreign ? `${path}.foreign-${Date.now()}` : `${path}.damaged`;
  const aside = error instanceof Outdated ? undefined : damaged;
  discard(path, aside);
  const where = aside === undefined ? '' : `; it is now ${aside}`;
  log(
    `the read models in ${path} cannot be used (${error.message}) and are built again from the log${where}`,
  );
};
