import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { Row, Table, Value, Write } from '#libs/kernel/src/projection.js';
import { createIndexes, currentName } from './schema.js';

const none: Row = {};
const valuesOf = (write: Write): Row => (write.verb === 'remove' ? none : write.values);
const quoted = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');

/** Writes that one statement is for: of these columns in this order, as many of them of the key. */
interface Shape {
  readonly verb: Write['verb'];
  readonly keys: number;
  readonly columns: readonly string[];
  readonly statement: StatementSync;
}

const isOf = ({ verb, keys, columns }: Shape, write: Write): boolean => {
  if (write.verb !== verb) return false;
  let count = 0;
  for (const column in write.key) if (columns[count++] !== column) return false;
  if (count !== keys) return false;
  const values = valuesOf(write);
  for (const column in values) if (columns[count++] !== column) return false;
  return count === columns.length;
};

/** Puts writes of one table into the file: one prepared statement for each shape of write. */
export class TableWriter {
  private readonly shapes: Shape[] = [];
  private readonly name: string;
  private readonly columns: readonly string[];

  constructor(
    private readonly database: DatabaseSync,
    private readonly table: Table,
    private readonly build: number,
    private readonly setNow: StatementSync,
  ) {
    this.name = currentName(table.name, build);
    this.columns = Object.keys(table.columns);
  }

  /** Throws when the write does not fit the table's declaration. */
  write(write: Write, cursor: Cursor): void {
    const { key } = write;
    const parameters: Value[] = [];
    for (const column in key) parameters.push(key[column]!);
    if (write.verb === 'remove') {
      if (parameters.includes(null))
        throw new Error(`cannot remove from table ${this.table.name} by what is null`);
      this.setNow.run(cursor);
    } else {
      for (const column in write.values) parameters.push(write.values[column]!);
      parameters.push(cursor);
    }
    // Not `run`, which also tells what it did: nobody asks.
    this.statementOf(write).get(...parameters);
  }

  /** Compared column by column, which for the few shapes of a table is sooner done than making a text to look them up by. */
  private statementOf(write: Write): StatementSync {
    for (const shape of this.shapes) if (isOf(shape, write)) return shape.statement;
    const statement = this.database.prepare(this.sql(write));
    const keys = Object.keys(write.key);
    const columns = [...keys, ...Object.keys(valuesOf(write))];
    this.shapes.push({ verb: write.verb, keys: keys.length, columns, statement });
    return statement;
  }

  private sql(write: Write): string {
    const key = Object.keys(write.key);
    const values = Object.keys(valuesOf(write));
    this.check(write.verb, key, values);
    const where = key.map((column, index) => `"${column}" = ?${index + 1}`).join(' AND ');
    // OR FAIL keeps SQLite from preparing to undo one statement, which costs more than the statement: who fails rolls back.
    switch (write.verb) {
      case 'put':
        return this.upsert([...key, ...values, 'valid_from']);
      case 'patch':
        return `UPDATE OR FAIL "${this.name}" SET ${[...values, 'valid_from']
          .map((column, index) => `"${column}" = ?${key.length + index + 1}`)
          .join(', ')} WHERE ${where}`;
      case 'remove':
        this.prepareSearch(key);
        return `DELETE FROM "${this.name}" WHERE ${where}`;
    }
  }

  /** A first building leaves the indexes for the end; who removes by anything but the key needs them now. */
  private prepareSearch(key: readonly string[]): void {
    const prefix = this.table.key.slice(0, key.length);
    if (!prefix.every((column) => key.includes(column)))
      this.database.exec(createIndexes(this.table, this.build));
  }

  private upsert(given: readonly string[]): string {
    const rest = [...this.columns, 'valid_from'].filter((column) => !this.table.key.includes(column));
    const assigned = rest.map((column) => `"${column}" = excluded."${column}"`).join(', ');
    return `INSERT OR FAIL INTO "${this.name}" (${quoted(given)}) VALUES (${given.map(() => '?').join(', ')})
      ON CONFLICT (${quoted(this.table.key)}) DO UPDATE SET ${assigned}`;
  }

  private check(verb: Write['verb'], key: readonly string[], values: readonly string[]): void {
    const all = [...key, ...values];
    const whole =
      key.length === this.table.key.length && this.table.key.every((column) => key.includes(column));
    const known = all.every((column) => this.columns.includes(column)) && new Set(all).size === all.length;
    if (!known || key.length === 0 || (verb !== 'remove' && !whole))
      throw new Error(`cannot ${verb} (${key.join()}) (${values.join()}) in table ${this.table.name}`);
  }
}
