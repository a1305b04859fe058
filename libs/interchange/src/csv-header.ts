import type { Json } from '#libs/kernel/src/json.js';
import { fieldTypes, placeNames, type Read, type RowProblem } from './fleet-record.js';
import { unguardCell } from './formula.js';
import { objectOf } from './json-shape.js';
import { jsonIn } from './json-text.js';
import { readRow, type ShapeOptions } from './row-shape.js';

const types = new Map(Object.values(fieldTypes).flatMap((fields) => Object.entries(fields)));
const columns = new Set<string>([...types.keys(), ...placeNames, 'kind', 'name', 'labels', 'variables']);
const variablePrefix = 'variables.';

/** What one column holds: JSON where a cell is JSON and text elsewhere, so that everything can be said and nothing must. */
const jsonOr = (text: string): Json => {
  const value = jsonIn(text);
  return value === undefined ? text : value;
};

const labelsOf = (text: string): Json => {
  const value = text.startsWith('[') ? jsonOr(text) : text;
  if (typeof value !== 'string') return value;
  return value
    .split(/[,;]/)
    .map((label) => label.trim())
    .filter((label) => label !== '');
};

const booleans = new Map([
  ['true', true],
  ['false', false],
]);

const cellValue = (column: string, cell: string): Json => {
  const text = unguardCell(cell);
  if (column === 'labels') return labelsOf(text);
  if (column === 'variables' || column.startsWith(variablePrefix)) return jsonOr(text);
  const type = types.get(column);
  if (type === 'boolean') return booleans.get(text.toLowerCase()) ?? text;
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  return type === 'json' ? jsonOr(text) : text;
};

/** The names of the columns; turns cells into a row of the neutral shape. A column in a problem is the cell's number. */
export class Header {
  private constructor(private readonly names: readonly string[]) {}

  static of(names: readonly string[], line: number): Header | RowProblem {
    const seen = new Set<string>();
    for (const [index, name] of names.entries()) {
      const source = { line, column: index + 1, path: name.slice(0, 80) };
      const known = columns.has(name) || (name.startsWith(variablePrefix) && name !== variablePrefix);
      if (!known) return { problem: `there is no column "${name.slice(0, 80)}"`, source, fatal: true };
      if (seen.has(name))
        return { problem: `the column "${name.slice(0, 80)}" comes twice`, source, fatal: true };
      seen.add(name);
    }
    return new Header(names);
  }

  read(cells: readonly string[], source: { line: number; row: number }, options: ShapeOptions): Read {
    if (cells.length !== this.names.length)
      return { problem: `the row has ${cells.length} cells, the header ${this.names.length}`, source };
    const row: [string, Json][] = [];
    const variables: [string, Json][] = [];
    for (const [index, name] of this.names.entries()) {
      // An empty cell says nothing; an empty text is "" in quotes of JSON.
      if (cells[index] === '') continue;
      const value = cellValue(name, cells[index] as string);
      if (name.startsWith(variablePrefix)) variables.push([name.slice(variablePrefix.length), value]);
      else row.push([name, value]);
    }
    if (variables.length > 0) row.push(['variables', this.merged(row, variables)]);
    return readRow(objectOf(row), source, options);
  }

  private merged(row: readonly [string, Json][], variables: readonly [string, Json][]): Json {
    const whole = row.find(([name]) => name === 'variables')?.[1];
    return objectOf([...Object.entries(typeof whole === 'object' ? (whole ?? {}) : {}), ...variables]);
  }
}
