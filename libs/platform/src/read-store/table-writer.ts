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
  /** For one of them, for two, and so on. */
  readonly statements: (StatementSync | undefined)[];
  /** The same for puts of rows that are new. */
  readonly inserts: (StatementSync | undefined)[];
  readonly guess: Guess;
}

/** In one statement: of things like variables many are written at once, and a statement costs as much as a row. */
const mostTogether = 10;

/** How often in a row rows are replaced at once, after one was in the place of a row that was put as a new one. */
const mostReplacing = 1024;

/**
 * Whether the rows that are put are new, as most are. A statement that only inserts costs a sixth less, and is wasted where it meets a
 * row: it pays where two of three meet none.
 */
class Guess {
  private patience = 1;
  private replacing = 0;

  get isNew(): boolean {
    if (this.replacing === 0) return true;
    this.replacing -= 1;
    return false;
  }

  right(): void {
    this.patience = Math.max(1, this.patience / 2);
  }

  wrong(): void {
    this.replacing = this.patience;
    this.patience = Math.min(mostReplacing, this.patience * 4);
  }
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

  /** Does the write at this place and those after it that go with it; answers how many. Throws when one does not fit the table's declaration. */
  write(writes: readonly Write[], from: number, cursor: Cursor): number {
    const first = writes[from]!;
    const shape = this.shapeOf(first);
    const count = first.verb === 'put' ? this.together(writes, from, shape) : 1;
    const parameters: Value[] = [];
    for (let at = from; at < from + count; at += 1) this.give(parameters, writes[at]!, cursor);
    if (first.verb === 'remove') this.setNow.run(cursor);
    if (first.verb === 'put' && this.inserted(shape, count, parameters)) return count;
    // Not `run`, which also tells what it did: nobody asks.
    (shape.statements[count] ??= this.database.prepare(this.sql(first, count))).get(...parameters);
    return count;
  }

  /** Whether that has put all of the rows: if not, those that were new are there already, and may be put again. */
  private inserted({ columns, inserts, guess }: Shape, count: number, parameters: readonly Value[]): boolean {
    if (!guess.isNew) return false;
    const sql = () => `${this.insert([...columns, 'valid_from'], count)} DO NOTHING`;
    const { changes } = (inserts[count] ??= this.database.prepare(sql())).run(...parameters);
    if (changes === count) guess.right();
    else guess.wrong();
    return changes === count;
  }

  private give(parameters: Value[], write: Write, cursor: Cursor): void {
    const { key } = write;
    for (const column in key) parameters.push(key[column]!);
    if (write.verb === 'remove') {
      if (parameters.includes(null))
        throw new Error(`cannot remove from table ${this.table.name} by what is null`);
      return;
    }
    for (const column in write.values) parameters.push(write.values[column]!);
    parameters.push(cursor);
  }

  private together(writes: readonly Write[], from: number, shape: Shape): number {
    const { name } = this.table;
    const end = Math.min(writes.length, from + mostTogether);
    let at = from + 1;
    while (at < end && writes[at]!.table === name && isOf(shape, writes[at]!)) at += 1;
    return at - from;
  }

  /** Compared column by column, which for the few shapes of a table is sooner done than making a text to look them up by. */
  private shapeOf(write: Write): Shape {
    for (const shape of this.shapes) if (isOf(shape, write)) return shape;
    const keys = Object.keys(write.key);
    const columns = [...keys, ...Object.keys(valuesOf(write))];
    const statements = [undefined, this.database.prepare(this.sql(write, 1))];
    const guess = new Guess();
    const shape = { verb: write.verb, keys: keys.length, columns, statements, inserts: [], guess };
    this.shapes.push(shape);
    return shape;
  }

  private sql(write: Write, count: number): string {
    const key = Object.keys(write.key);
    const values = Object.keys(valuesOf(write));
    this.check(write.verb, key, values);
    const where = key.map((column, index) => `"${column}" = ?${index + 1}`).join(' AND ');
    // OR FAIL keeps SQLite from preparing to undo one statement, which costs more than the statement: who fails rolls back.
    switch (write.verb) {
      case 'put':
        return this.upsert([...key, ...values, 'valid_from'], count);
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

  private upsert(given: readonly string[], count: number): string {
    const rest = [...this.columns, 'valid_from'].filter((column) => !this.table.key.includes(column));
    const assigned = rest.map((column) => `"${column}" = excluded."${column}"`).join(', ');
    return `${this.insert(given, count)} DO UPDATE SET ${assigned}`;
  }

  private insert(given: readonly string[], count: number): string {
    const row = `(${given.map(() => '?').join(', ')})`;
    return `INSERT OR FAIL INTO "${this.name}" (${quoted(given)}) VALUES ${Array(count).fill(row).join(', ')}
      ON CONFLICT (${quoted(this.table.key)})`;
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
