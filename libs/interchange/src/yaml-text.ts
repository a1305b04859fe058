import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type Node } from 'yaml';
import type { Json } from '#libs/kernel/src/json.js';
import type { Limits, RowProblem, Source } from './fleet-record.js';
import { NodeReader, YamlProblem, type NodeOptions } from './yaml-nodes.js';
import { yaml12, type ScalarRules } from './yaml-scalars.js';

export interface YamlOptions {
  readonly limits: Limits;
  readonly scalars?: ScalarRules;
  readonly tags?: NodeOptions['tags'];
  readonly file?: string;
}

/** A value of the text and where it stood. */
export interface YamlItem {
  readonly value: Json;
  readonly source: Source;
}

// A collection within a collection costs the parser two tokens, and some more while it looks for a key.
const tokensPerLevel = 3;

// For every quoted text the lexer looks for the end of the line, however far that is; a second's worth of looking is enough.
const mostLooking = 10 ** 10;

/** Adds up how far the lexer has looked; a long line with much in it would otherwise take time by its square. */
class Looking {
  private sum = 0;
  private end = -1;

  constructor(private readonly text: string) {}

  tooFar(offset: number): boolean {
    if (offset > this.end) {
      const found = this.text.indexOf('\n', offset);
      this.end = found < 0 ? this.text.length : found;
    }
    this.sum += this.end - offset;
    return this.sum > mostLooking;
  }
}

/** Tokens without recursion; stops at nesting on which the composer, which recurses, would run out of stack. */
const tokensOf = (text: string, lines: LineCounter, depth: number): CST.Token[] => {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const looking = new Looking(text);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const deep = parser.stack.length > depth * tokensPerLevel;
    if (!deep && !looking.tooFar(parser.offset)) continue;
    const { line, col } = lines.linePos(parser.offset);
    const problem = deep ? 'the nesting is too deep' : 'the line is too long for all that is in it';
    throw new YamlProblem(problem, { line, column: col });
  }
  tokens.push(...parser.end());
  return tokens;
};

const checked = (document: Document.Parsed, lines: LineCounter): Node | null => {
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new YamlProblem(`the text is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`, {
      line: Math.max(line, 1),
      column: Math.max(col, 1),
    });
  }
  return document.contents;
};

const options = {
  schema: 'failsafe',
  // Compared pair by pair there, in quadratic time; the reader of nodes does it in linear time.
  uniqueKeys: false,
  logLevel: 'silent',
  strict: true,
} as const;

const documents = function* (text: string, { limits, scalars, tags }: YamlOptions) {
  const lines = new LineCounter();
  const tokens = tokensOf(text, lines, limits.depth);
  for (const document of new Composer(options).compose(tokens, false, text.length)) {
    const contents = checked(document as Document.Parsed, lines);
    const reader = new NodeReader({ limits, lines, scalars: scalars ?? yaml12, tags: tags ?? new Map() });
    yield { contents, reader };
  }
};

const guarded = <T>(file: string | undefined, read: () => T): T | RowProblem => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const source = { ...(file === undefined ? {} : { file }), ...error.source };
    return { problem: error.problem, source, fatal: true };
  }
};

/** One document; null when there is none. */
export const readYaml = (text: string, how: YamlOptions): { readonly value: Json } | RowProblem =>
  guarded(how.file, () => {
    let value: Json | undefined;
    for (const { contents, reader } of documents(text, how)) {
      if (value !== undefined)
        throw new YamlProblem('there is more than one document', reader.where(contents));
      value = reader.read(contents);
    }
    return { value: value ?? null };
  });

/** Every item of every document: a document is a sequence of items, or one item. */
export const readYamlItems = (text: string, how: YamlOptions): readonly YamlItem[] | RowProblem =>
  guarded(how.file, () => {
    const items: YamlItem[] = [];
    for (const { contents, reader } of documents(text, how)) {
      const value = reader.read(contents);
      const nodes = contents && 'items' in contents ? (contents.items as (Node | null)[]) : [];
      if (!Array.isArray(value)) {
        if (contents) items.push({ value, source: reader.where(contents) });
        continue;
      }
      for (const [index, item] of (value as Json[]).entries())
        items.push({ value: item, source: reader.where(nodes[index] ?? contents) });
    }
    return items;
  });
