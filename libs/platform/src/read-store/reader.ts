import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import { ReadView, type SqlValue } from './read-view.js';
import { describe, isDamage, isTrouble } from './sqlite-failure.js';

/** Queries that build their SQL from filters have many shapes; the hot ones are few. */
const mostStatements = 400;

/** A connection that cannot write, with the tables of the read models under their declared names. */
export class Reader {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(
    path: string,
    private readonly onDamage: (error: Error) => void,
    cacheKib = 16_000,
  ) {
    this.database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    this.database.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${cacheKib}`);
  }

  /** Replaces the names by which queries know the tables. */
  define(sql: readonly string[]): void {
    this.statements.clear();
    const names = this.database.prepare(`SELECT name FROM temp.sqlite_schema WHERE type = 'view'`).all();
    for (const { name } of names) this.database.exec(`DROP VIEW temp."${name as string}"`);
    for (const definition of sql) this.database.exec(definition);
  }

  run(sql: string): void {
    this.database.exec(sql);
  }

  all<T>(sql: string, parameters: readonly SqlValue[]): T[] {
    try {
      return this.prepared(sql).all(...parameters) as T[];
    } catch (error) {
      throw this.translated(error);
    }
  }

  get<T>(sql: string, parameters: readonly SqlValue[]): T | undefined {
    try {
      return this.prepared(sql).get(...parameters) as T | undefined;
    } catch (error) {
      throw this.translated(error);
    }
  }

  close(): void {
    this.statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    const [oldest] = this.statements.keys();
    if (oldest !== undefined && this.statements.size >= mostStatements) this.statements.delete(oldest);
    this.statements.set(sql, statement);
    return statement;
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

/** A reader of which every query says the cursor that it asks about. */
export class PastReader extends Reader {
  private at: string | undefined;

  constructor(path: string, onDamage: (error: Error) => void) {
    // The past is asked for rarely.
    super(path, onDamage, 4000);
    this.run(`CREATE TEMP TABLE _as_of (cursor TEXT NOT NULL); INSERT INTO _as_of VALUES ('')`);
  }

  moveTo(cursor: string): void {
    if (cursor === this.at) return;
    this.get('UPDATE temp._as_of SET cursor = ?', [cursor]);
    this.at = cursor;
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
