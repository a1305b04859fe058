import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { Header } from './csv-header.js';
import type { ByteStream, Limits, Read, RowProblem } from './fleet-record.js';
import type { ShapeOptions } from './row-shape.js';
import { linesOf, type LineBlock } from './text-lines.js';

interface Row {
  readonly record: string[];
  readonly info: Info;
}

/** Feeds the parser and keeps what the lines could not say, for the rows that they belong to. */
class Feed {
  fatal: RowProblem | undefined;
  private readonly bad = new Map<number, string>();

  constructor(
    private readonly stream: ByteStream,
    private readonly limits: Limits,
  ) {}

  async *text(): AsyncGenerator<string> {
    for await (const block of linesOf(this.stream, this.limits)) {
      // Without a whole line nobody knows where the next row begins.
      if ('problem' in block) return void (this.fatal = { ...block, fatal: true });
      yield this.take(block);
    }
  }

  /** What is wrong with the lines from one to another; asked once, in order. */
  badBetween(from: number, to: number): RowProblem | undefined {
    for (const [line, problem] of this.bad) {
      if (line > to) break;
      this.bad.delete(line);
      if (line >= from) return { problem, source: { line } };
    }
    return undefined;
  }

  private take({ lines, bad }: LineBlock): string {
    for (const [line, problem] of bad) this.bad.set(line, problem);
    return `${lines.join('\n')}\n`;
  }
}

const delimiterOf = (line: string): string => {
  if (line.includes(',')) return ',';
  return [';', '\t'].find((one) => line.includes(one)) ?? ',';
};

/** The first line decides how cells are separated: by commas, or else by semicolons or tabs. */
const startOf = async (text: AsyncGenerator<string>): Promise<{ first: string; delimiter: string }> => {
  let first = '';
  while (!first.includes('\n')) {
    const next = await text.next();
    if (next.done === true) break;
    first += next.value;
  }
  return { first, delimiter: delimiterOf(first.split('\n', 1)[0] as string) };
};

async function* chain(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

const codes: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted cell is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'there is something between a closing quote and the next cell',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that is not quoted',
  CSV_MAX_RECORD_SIZE: 'the row is too long; is a quote missing?',
};

const problemOf = (error: unknown): RowProblem => {
  if (!(error instanceof CsvError)) throw error;
  const { lines, index } = error as unknown as { lines?: number; index?: number };
  const source = { line: lines ?? 1, ...(index === undefined ? {} : { column: index + 1 }) };
  return { problem: codes[error.code] ?? 'the row is not CSV', source, fatal: true };
};

/**
 * A header and a row a record, after RFC 4180. Columns are the members of the neutral shape, `labels` with commas or
 * semicolons between them, `variables` as a JSON object and `variables.<key>` as a value each. A column in a problem is the cell's number.
 */
export async function* readCsv(
  stream: ByteStream,
  limits: Limits,
  options: ShapeOptions,
): AsyncGenerator<Read> {
  const feed = new Feed(stream, limits);
  const text = feed.text();
  const { first, delimiter } = await startOf(text);
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    max_record_size: limits.rowBytes,
  });
  const source = Readable.from(chain(first, text));
  source.on('error', (error) => parser.destroy(error)).pipe(parser);
  try {
    yield* rowsOf(parser, feed, options);
  } catch (error) {
    yield feed.fatal ?? problemOf(error);
    return;
  } finally {
    source.destroy();
  }
  if (feed.fatal) yield feed.fatal;
}

const countIn = (cells: readonly string[], text: string): number =>
  cells.reduce((sum, cell) => sum + cell.split(text).length - 1, 0);

/** Numbers of the lines on which a row begins and ends. The parser counts twice what ends with both characters within quotes. */
class LineNumbers {
  next = 1;
  private twice = 0;

  of({ record, info }: Row): { first: number; last: number } {
    const several = info.lines - this.twice > this.next;
    if (several) this.twice += countIn(record, '\r\n');
    const last = info.lines - this.twice;
    this.next = last + 1;
    return { first: several ? last - countIn(record, '\n') : last, last };
  }
}

async function* rowsOf(rows: AsyncIterable<Row>, feed: Feed, options: ShapeOptions): AsyncGenerator<Read> {
  const lines = new LineNumbers();
  let header: Header | undefined;
  let row = 0;
  for await (const parsed of rows) {
    const from = lines.next;
    const { first, last } = lines.of(parsed);
    const source = { line: first, row };
    const bad = feed.badBetween(from, last);
    row += 1;
    if (bad && !header) return void (yield { ...bad, fatal: true });
    if (bad) yield { ...bad, source: { ...bad.source, row: source.row } };
    else if (header) yield header.read(parsed.record, source, options);
    else {
      const names = parsed.record.map((name) => name.trim());
      const made = Header.of(names, source.line);
      if ('problem' in made) return void (yield made);
      header = made;
    }
  }
}
