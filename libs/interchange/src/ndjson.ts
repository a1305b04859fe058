import type { Json } from '#libs/kernel/src/json.js';
import {
  isProblem,
  type ByteStream,
  type Limits,
  type Read,
  type RowProblem,
  type Source,
} from './fleet-record.js';
import { repeatedMember } from './json-members.js';
import { jsonErrorAt } from './json-position.js';
import { readRow, type ShapeOptions } from './row-shape.js';
import { linesOf, type LineBlock } from './text-lines.js';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const repeatedIn = (line: string, row: Json, source: Source): RowProblem | undefined => {
  const found = repeatedMember(line, row);
  if (!found) return undefined;
  const name = JSON.stringify(found.name.slice(0, 80).toWellFormed());
  return { problem: `the member ${name} comes twice`, source: { ...source, column: found.at + 1 } };
};

const readLine = (line: string, source: Source, options: ShapeOptions): Read => {
  const row = parsed(line);
  if (row !== undefined) {
    const read = readRow(row, source, options);
    return isProblem(read) ? read : (repeatedIn(line, row as Json, source) ?? read);
  }
  const at = jsonErrorAt(line) ?? 0;
  const problem = at >= line.trimEnd().length ? 'the JSON ends too early' : 'the line is not JSON';
  return { problem, source: { ...source, column: at + 1 } };
};

class Rows {
  private row = 0;

  constructor(private readonly options: ShapeOptions) {}

  *read({ first, lines, bad }: LineBlock): Generator<Read> {
    for (let index = 0; index < lines.length; index += 1) {
      const text = lines[index] as string;
      if (text.trim() === '') continue;
      this.row += 1;
      const source = { line: first + index, row: this.row };
      const problem = bad.get(source.line);
      yield problem === undefined ? readLine(text, source, this.options) : { problem, source };
    }
  }
}

/** One JSON object a line. A line that cannot be read is a problem of its own; the others are read all the same. */
export async function* readNdjson(
  stream: ByteStream,
  limits: Limits,
  options: ShapeOptions,
): AsyncGenerator<Read> {
  const rows = new Rows(options);
  for await (const block of linesOf(stream, limits)) {
    if ('problem' in block) yield block;
    // Not `yield*`, which waits for each three times as often.
    else for (const read of rows.read(block)) yield read;
  }
}
