import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import { HistoryBounds } from './history-bounds.js';
import { ReadView, type SqlValue } from './read-view.js';
import { describe, isDamage, isTrouble } from './sqlite-failure.js';

/** Queries that build their SQL from filters have many shapes; the hot ones are few. */
const mostStatements = 400;

/** A query for one row, and the names of its columns in their order. */
interface Single {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
}

const remembered = <T>(known: Map<string, T>, sql: string, prepare: () => T): T => {
  const found = known.get(sql);
  if (found !== undefined) return found;
  const made = prepare();
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostStatements) known.delete(oldest);
  known.set(sql, made);
  return made;
};

const rowOf = (columns: readonly string[], values: readonly SqlValue[]): Record<string, SqlValue> => {
  const row: Record<string, SqlValue> = {};
  for (let index = 0; index < columns.length; index += 1) row[columns[index]!] = values[index]!;
  return row;
};

/**
 * Queries of one connection, with the tables of the read models under their declared names. Between two writes nothing changes: all
 * queries in between share one transaction, which spares each of them the locks on the file that it would take and give back.
 */
export class Reader {
  private readonly lists = new Map<string, StatementSync>();
  private readonly singles = new Map<string, Single>();

  constructor(
    protected readonly database: DatabaseSync,
    private readonly onDamage: (error: Error) => void,
  ) {
    this.database.exec('PRAGMA temp_store = MEMORY');
  }

  /** Replaces the names by which queries know the tables. */
  define(sql: readonly string[]): void {
    this.release();
    this.lists.clear();
    this.singles.clear();
    const names = this.database.prepare(`SELECT name FROM temp.sqlite_schema WHERE type = 'view'`).all();
    for (const { name } of names) this.database.exec(`DROP VIEW temp."${name as string}"`);
    for (const definition of sql) this.database.exec(definition);
  }

  all<T>(sql: string, parameters: readonly SqlValue[]): T[] {
    return this.reading(() => this.list(sql).all(...parameters) as T[]);
  }

  get<T>(sql: string, parameters: readonly SqlValue[]): T | undefined {
    return this.reading(() => {
      const { statement, columns } = this.single(sql);
      // One row is told faster as an array, many are not.
      const values = statement.get(...parameters) as unknown as SqlValue[] | undefined;
      return values && (rowOf(columns, values) as T);
    });
  }

  /** Ends what the queries share: before a write, which they would keep from being seen or from being tidied up. */
  release(): void {
    if (this.database.isTransaction) this.database.exec('COMMIT');
  }

  close(): void {
    this.lists.clear();
    this.singles.clear();
    if (this.database.isOpen) this.database.close();
  }

  private reading<T>(read: () => T): T {
    try {
      if (!this.database.isTransaction) this.database.exec('BEGIN');
      return read();
    } catch (error) {
      this.giveUp();
      throw this.translated(error);
    }
  }
  private list(sql: string): StatementSync {
    return remembered(this.lists, sql, () => this.database.prepare(sql));
  }

  private single(sql: string): Single {
    return remembered(this.singles, sql, () => {
      const statement = this.database.prepare(sql);
      statement.setReturnArrays(true);
      return { statement, columns: statement.columns().map(({ name }) => name) };
    });
  }

  protected giveUp(): void {
    if (this.database.isOpen && this.database.isTransaction) this.database.exec('ROLLBACK');
  }

  private translated(error: unknown): unknown {
    if (!this.database.isOpen) return new DomainError('unavailable', 'the read models are closed');
    if (isDamage(error)) this.onDamage(error as Error);
    if (!isDamage(error) && !isTrouble(error)) return error;
    return new DomainError('unavailable', `the read models cannot be read: ${describe(error)}`, {
      cause: error,
    });
  }
}

export class PresentView extends ReadView {
  constructor(
    private readonly reader: Reader,
    override readonly cursor: Cursor | undefined,
  ) {
    super();
  }

  override all<T>(sql: string, ...parameters: SqlValue[]): T[] {
    return this.reader.all(sql, parameters);
  }

  override get<T>(sql: string, ...parameters: SqlValue[]): T | undefined {
    return this.reader.get(sql, parameters);
  }
}

/** A reader of which every query says the cursor that it asks about, on a connection of its own that cannot write. */
export class PastReader extends Reader {
  private readonly bounds: HistoryBounds;
  private at: string | undefined;

  constructor(path: string, onDamage: (error: Error) => void) {
    super(new DatabaseSync(path, { readOnly: true, timeout: 1000 }), onDamage);
    // The past is asked for rarely.
    this.database.exec(
      `PRAGMA cache_size = -4000; CREATE TEMP TABLE _as_of (cursor TEXT NOT NULL); INSERT INTO _as_of VALUES ('')`,
    );
    this.bounds = new HistoryBounds(this.database);
  }

  override define(sql: readonly string[]): void {
    this.bounds.clear();
    super.define(sql);
  }

  moveTo(cursor: string): void {
    if (cursor === this.at) return;
    this.get('UPDATE temp._as_of SET cursor = ?', [cursor]);
    this.bounds.moveTo(cursor);
    this.at = cursor;
  }

  protected override giveUp(): void {
    super.giveUp();
    // What was undone may be the last move.
    this.at = undefined;
  }
}

export class PastView extends ReadView {
  constructor(
    private readonly reader: PastReader,
    override readonly cursor: Cursor | undefined,
  ) {
    super();
  }

  override all<T>(sql: string, ...parameters: SqlValue[]): T[] {
    this.reader.moveTo(this.cursor ?? '');
    return this.reader.all(sql, parameters);
  }

  override get<T>(sql: string, ...parameters: SqlValue[]): T | undefined {
    this.reader.moveTo(this.cursor ?? '');
    return this.reader.get(sql, parameters);
  }
}
