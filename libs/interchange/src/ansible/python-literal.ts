import type { Json } from '#libs/kernel/src/json.js';
import { objectOf } from '../json-shape.js';

class NotALiteral extends Error {}

const refuse = (): never => {
  throw new NotALiteral();
};

const numberPattern =
  /(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?)(?![\w.])/y;
const wordPattern = /(?:True|False|None)(?!\w)/y;
const prefixPattern = /(?:[rR][bB]?|[bB][rR]?|[uU])?(?='|")/y;
const spacePattern = /(?:[ \t\f\n]|\\\n)*/y;
const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const openings = new Set(['[', '(', '{']);

/** One literal of Python, as `ast.literal_eval` takes it; what it does not take is refused by throwing. */
class Literal {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly depth: number,
  ) {}

  read(): Json {
    const value = this.value(this.depth);
    this.space();
    // A comment may follow, as behind every expression.
    if (this.at < this.text.length && this.char() !== '#') refuse();
    return value;
  }

  private char(): string {
    return this.text[this.at] ?? '';
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(spacePattern);
  }

  private take(char: string): boolean {
    this.space();
    if (this.char() !== char) return false;
    this.at += 1;
    return true;
  }

  private value(depth: number): Json {
    if (depth < 0) refuse();
    this.space();
    const char = this.char();
    if (openings.has(char)) return this.collection(char, depth - 1);
    if (char === '-' || char === '+') return this.signed(char);
    const word = this.match(wordPattern);
    if (word !== undefined) return words[word] as Json;
    const prefix = this.match(prefixPattern);
    return prefix === undefined ? this.number() : this.strings(prefix);
  }

  private signed(sign: string): number {
    this.at += 1;
    this.space();
    const value = this.number();
    // Negative zero of an integer is zero, and JSON has no other.
    return sign === '-' && value !== 0 ? -value : value;
  }

  private number(): number {
    const digits = this.match(numberPattern)?.replaceAll('_', '') ?? refuse();
    if (/^0\d*[1-9]\d*$/.test(digits)) refuse();
    const value = Number(digits);
    // What JSON cannot hold exactly stays the text that it was.
    if (!Number.isFinite(value)) refuse();
    if (/^\d+$|^0[xXoObB]/.test(digits) && !Number.isSafeInteger(value)) refuse();
    return value;
  }

  private strings(first: string): string {
    let all = '';
    for (let prefix: string | undefined = first; prefix !== undefined; prefix = this.match(prefixPattern)) {
      all += this.string(prefix);
      this.space();
    }
    return all;
  }

  private string(prefix: string): string {
    const one = this.char();
    const quote = this.text.startsWith(one.repeat(3), this.at) ? one.repeat(3) : one;
    this.at += quote.length;
    const raw = /r/i.test(prefix);
    const parts: string[] = [];
    while (!this.text.startsWith(quote, this.at)) {
      const char = this.char();
      if (char === '' || (char === '\n' && quote.length === 1)) refuse();
      parts.push(char === '\\' ? this.escape(raw) : char);
      if (char !== '\\') this.at += 1;
    }
    this.at += quote.length;
    return parts.join('');
  }

  private escape(raw: boolean): string {
    const char = this.text[this.at + 1] ?? refuse();
    this.at += 2;
    if (raw) return `\\${char}`;
    if (Object.hasOwn(escapes, char)) return escapes[char] as string;
    if (char === '\n') return '';
    if (Object.hasOwn(hexLengths, char)) return this.hex(hexLengths[char] as number);
    if (char === 'N') return refuse();
    return /[0-7]/.test(char) ? this.octal(char) : `\\${char}`;
  }

  private hex(length: number): string {
    const digits = this.text.slice(this.at, this.at + length);
    const code = /^[\da-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
    if (code < 0 || code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) refuse();
    this.at += length;
    return String.fromCodePoint(code);
  }

  private octal(first: string): string {
    const more = /^[0-7]{0,2}/.exec(this.text.slice(this.at, this.at + 2))?.[0] ?? '';
    this.at += more.length;
    return String.fromCodePoint(Number.parseInt(first + more, 8));
  }

  private collection(opening: string, depth: number): Json {
    this.at += 1;
    if (opening === '{') return this.braces(depth);
    let commas = 0;
    const items: Json[] = [];
    while (!this.take(opening === '[' ? ']' : ')')) {
      if (items.length > commas) refuse();
      items.push(this.value(depth));
      if (this.take(',')) commas += 1;
    }
    return opening === '(' && items.length === 1 && commas === 0 ? (items[0] as Json) : items;
  }

  /** A dictionary, or a set, which JSON can only list. */
  private braces(depth: number): Json {
    const items: Json[] = [];
    const members: [string, Json][] = [];
    for (let comma = true; !this.take('}'); comma = this.take(',')) {
      if (!comma) refuse();
      const item = this.value(depth);
      if (this.take(':')) members.push([this.key(item), this.value(depth)]);
      else items.push(item);
    }
    if (members.length > 0 && items.length > 0) refuse();
    return items.length > 0 ? items : objectOf(members);
  }

  private key(value: Json): string {
    if (value === '__proto__') refuse();
    return typeof value === 'object' && value !== null ? refuse() : String(value);
  }
}

/** What Ansible makes of a value in an INI inventory: the Python literal that the text is, or else the text itself. */
export const pythonValue = (text: string, depth: number): Json => {
  try {
    return new Literal(text, depth).read();
  } catch (error) {
    if (error instanceof NotALiteral) return text;
    throw error;
  }
};
