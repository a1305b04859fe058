import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** So few rows are looked through sooner than found by an index. */
const few = 64;

interface Statements {
  readonly last: StatementSync;
  readonly from: StatementSync;
}

/**
 * Where the history of a table that a cursor needs begins. What is replaced goes into the history in the order of the log, so that rows
 * are in the order of `valid_to`: all that was still valid at a cursor is behind one row. As SQL functions: `history_after(name)` is the
 * number of that row, `history_is_short(name)` whether only few come behind it.
 */
export class HistoryBounds {
  private readonly statements = new Map<string, Statements>();
  private readonly found = new Map<string, number>();
  private cursor = '';

  constructor(private readonly database: DatabaseSync) {
    // Deterministic while a statement runs, so that SQLite asks once and not for each row.
    const options = { deterministic: true } as const;
    database.function('history_after', options, (name) => this.after(name as string));
    database.function('history_is_short', options, (name) => Number(this.isShort(name as string)));
  }

  moveTo(cursor: string): void {
    this.cursor = cursor;
    this.found.clear();
  }

  /** Forgets the tables, which may be about to go. */
  clear(): void {
    this.statements.clear();
    this.found.clear();
  }

  private isShort(history: string): boolean {
    return this.last(history) - this.after(history) <= few;
  }

  /** Stays as it is while the history grows: what is added was valid longer. */
  private after(history: string): number {
    const known = this.found.get(history) ?? this.search(history);
    this.found.set(history, known);
    return known;
  }

  private search(history: string): number {
    const { from } = this.of(history);
    let [low, high] = [0, this.last(history)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2) + 1;
      const row = from.get(middle) as { readonly valid_to: string };
      if (row.valid_to <= this.cursor) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private last(history: string): number {
    return (this.of(history).last.get() as { readonly last: number }).last;
  }

  private of(history: string): Statements {
    const known = this.statements.get(history) ?? {
      last: this.database.prepare(`SELECT ifnull(max(rowid), 0) AS last FROM main."${history}"`),
      from: this.database.prepare(
        `SELECT valid_to FROM main."${history}" WHERE rowid >= ? ORDER BY rowid LIMIT 1`,
      ),
    };
    this.statements.set(history, known);
    return known;
  }
}
