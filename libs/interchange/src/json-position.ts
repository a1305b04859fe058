/** Where a text stops being JSON: an index into it, its length when more was expected, undefined when it is JSON. */
export const jsonErrorAt = (text: string): number | undefined => new Scanner(text).errorAt();

/** The first member that its object has already, in a text that is JSON: its name and an index into the text. */
export const repeatedMemberIn = (text: string): Repeated | undefined => {
  const scanner = new Scanner(text);
  scanner.errorAt();
  return scanner.repeated;
};

export interface Repeated {
  readonly name: string;
  readonly at: number;
}

const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids control characters in texts
const stringPart = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const space = /[ \t\n\r]*/y;

type Expected = 'value' | 'first-item' | 'first-member' | 'member' | 'next';

/** One pass without recursion, so that depth costs nothing. Answers positions only: V8's own words quote the text. */
class Scanner {
  private at = 0;
  private readonly open: string[] = [];
  /** Names of the members so far, of each that is open. */
  private readonly names: Set<string>[] = [];
  repeated: Repeated | undefined;
  private expected: Expected = 'value';

  constructor(private readonly text: string) {}

  errorAt(): number | undefined {
    for (;;) {
      this.skip(space);
      if (this.expected === 'next' && this.open.length === 0)
        return this.at === this.text.length ? undefined : this.at;
      if (!this.step()) return this.at;
    }
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.test(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private step(): boolean {
    const char = this.text[this.at];
    if (this.expected === 'next') return this.next(char);
    if (this.expected === 'first-item' && char === ']') return this.close(']');
    if (this.expected === 'first-member' && char === '}') return this.close('}');
    if (this.expected === 'value' || this.expected === 'first-item') return this.value(char);
    return this.member();
  }

  private next(char: string | undefined): boolean {
    const closing = this.open.at(-1) as string;
    if (char === closing) return this.close(closing);
    if (char !== ',') return false;
    this.at += 1;
    this.expected = closing === '}' ? 'member' : 'value';
    return true;
  }

  private close(closing: string): boolean {
    this.at += 1;
    this.expected = 'next';
    this.names.pop();
    return this.open.pop() === closing;
  }

  private member(): boolean {
    const start = this.at;
    if (!this.string()) return false;
    this.name(start);
    this.skip(space);
    if (this.text[this.at] !== ':') return false;
    this.at += 1;
    this.expected = 'value';
    return true;
  }

  private name(at: number): void {
    const name = JSON.parse(this.text.slice(at, this.at)) as string;
    const names = this.names.at(-1) as Set<string>;
    if (names.has(name)) this.repeated ??= { name, at };
    names.add(name);
  }

  private value(char: string | undefined): boolean {
    if (char === '{' || char === '[') {
      this.at += 1;
      this.open.push(char === '{' ? '}' : ']');
      this.names.push(new Set());
      this.expected = char === '{' ? 'first-member' : 'first-item';
      return true;
    }
    this.expected = 'next';
    return char === '"' ? this.string() : this.skip(literal);
  }

  private string(): boolean {
    if (this.text[this.at] !== '"') return false;
    this.at += 1;
    this.skip(stringPart);
    if (this.text[this.at] !== '"') return false;
    this.at += 1;
    return true;
  }
}
