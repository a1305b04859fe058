import { isAscii } from 'node:buffer';
import type { ByteStream, Limits, RowProblem } from './fleet-record.js';

/** Consecutive lines of a text without their line feeds. What could not be read is in `bad`, by line number. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
  readonly bad: ReadonlyMap<number, string>;
}

const lineFeed = 0x0a;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const none: ReadonlyMap<number, string> = new Map();

const decoded = (bytes: Buffer): string | undefined => {
  // Latin-1 decoding is the fastest there is, and the same for ASCII.
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
};

const badLines = (bytes: Buffer, first: number): LineBlock => {
  const lines: string[] = [];
  const bad = new Map<number, string>();
  for (let from = 0; from <= bytes.length;) {
    const end = bytes.indexOf(lineFeed, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    const text = decoded(line);
    if (text === undefined) bad.set(first + lines.length, 'the line is not valid UTF-8 or UTF-16');
    lines.push(text ?? line.toString('utf8'));
    if (end < 0) break;
    from = end + 1;
  }
  return { first, lines, bad };
};

const oddLines = (block: LineBlock, longest: number): LineBlock => {
  const bad = new Map(block.bad);
  block.lines.forEach((line, index) => {
    if (line.includes('\0')) bad.set(block.first + index, 'the line holds a NUL character');
    if (line.length > longest) bad.set(block.first + index, `the line is longer than ${longest} bytes`);
  });
  return { ...block, bad };
};

const blockOf = (bytes: Buffer, first: number, longest: number): LineBlock => {
  const text = decoded(bytes);
  const block = text === undefined ? badLines(bytes, first) : { first, lines: text.split('\n'), bad: none };
  return bytes.length > longest || bytes.includes(0) ? oddLines(block, longest) : block;
};

const encodingOf = (head: Buffer): 'utf-16le' | 'utf-16be' | 'utf-8' => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
};

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

const invalid = Buffer.from([0xff]);

/** What UTF-16 could not say becomes a byte that UTF-8 cannot say, so that its line is found. */
const utf8Of = (text: string): Buffer => {
  if (!text.includes('\ufffd')) return Buffer.from(text);
  return Buffer.concat(
    text.split('\ufffd').flatMap((part, at) => [...(at ? [invalid] : []), Buffer.from(part)]),
  );
};

/** The stream with its first bytes looked at: a byte order mark says UTF-16, which becomes UTF-8; UTF-8's own mark goes. */
async function* asUtf8(stream: ByteStream): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of stream) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head) {
      head = Buffer.concat([head, bytes]);
      if (head.length < utf8Mark.length) continue;
      const encoding = encodingOf(head);
      if (encoding !== 'utf-8') decoder = new TextDecoder(encoding);
      bytes = head.subarray(0, 3).equals(utf8Mark) ? head.subarray(3) : head;
      head = undefined;
    }
    yield decoder ? utf8Of(decoder.decode(bytes, { stream: true })) : bytes;
  }
  if (head) yield head.subarray(head.equals(utf8Mark) ? 3 : 0);
  else if (decoder) yield utf8Of(decoder.decode());
}

const tooLong = (line: number, limits: Limits): RowProblem => ({
  problem: `the line is longer than ${limits.rowBytes} bytes`,
  source: { line, column: limits.rowBytes + 1 },
});

/** Cuts a stream into blocks of whole lines, skipping those that are too long; keeps one unfinished line at most. */
class Cutter {
  line = 1;
  private parts: Buffer[] = [];
  private held = 0;
  private skipping = false;

  constructor(private readonly limits: Limits) {}

  *push(bytes: Buffer): Generator<LineBlock | RowProblem> {
    const first = bytes.indexOf(lineFeed);
    if (first < 0) return void (yield* this.hold(bytes));
    yield* this.hold(bytes.subarray(0, first));
    yield* this.release();
    const last = bytes.lastIndexOf(lineFeed);
    if (last > first) yield* this.cut(bytes.subarray(first + 1, last));
    yield* this.hold(bytes.subarray(last + 1));
  }

  *end(): Generator<LineBlock | RowProblem> {
    if (this.held > 0 || this.skipping) yield* this.release();
  }

  private *hold(bytes: Buffer): Generator<RowProblem> {
    if (this.skipping || bytes.length === 0) return;
    this.parts.push(bytes);
    this.held += bytes.length;
    if (this.held <= this.limits.rowBytes) return;
    yield tooLong(this.line, this.limits);
    this.skipping = true;
    this.parts = [];
    this.held = 0;
  }

  private *release(): Generator<LineBlock | RowProblem> {
    if (!this.skipping) yield* this.cut(Buffer.concat(this.parts, this.held));
    else this.line += 1;
    this.skipping = false;
    this.parts = [];
    this.held = 0;
  }

  private *cut(bytes: Buffer): Generator<LineBlock | RowProblem> {
    const block = blockOf(bytes, this.line, this.limits.rowBytes);
    this.line += block.lines.length;
    yield block;
  }
}

/** Lines with their numbers, whatever the encoding; memory stays at a chunk and a line. */
export async function* linesOf(stream: ByteStream, limits: Limits): AsyncGenerator<LineBlock | RowProblem> {
  const cutter = new Cutter(limits);
  let bytes = 0;
  for await (const chunk of asUtf8(stream)) {
    bytes += chunk.length;
    if (bytes > limits.streamBytes) {
      const problem = `the source is longer than ${limits.streamBytes} bytes`;
      yield { problem, source: { line: cutter.line }, fatal: true };
      return;
    }
    yield* cutter.push(chunk);
  }
  yield* cutter.end();
}

export type Lines = AsyncIterable<LineBlock | RowProblem>;

/** The whole text, or the first thing that is wrong with it. */
export const textOf = async (
  stream: ByteStream,
  limits: Limits,
  longest = limits.wholeBytes,
): Promise<string | RowProblem> => {
  const whole = { ...limits, streamBytes: longest, rowBytes: longest };
  const lines: string[] = [];
  for await (const block of linesOf(stream, whole)) {
    if ('problem' in block) return { ...block, fatal: true };
    const [bad] = block.bad;
    if (bad) return { problem: bad[1], source: { line: bad[0] }, fatal: true };
    lines.push(block.lines.join('\n'));
  }
  return lines.join('\n');
};
