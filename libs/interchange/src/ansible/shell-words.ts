/** A text that cannot be cut into words, and why. */
export class BadWords extends Error {}

const blank = /\s/;

class Words {
  private readonly words: string[] = [];
  private word: string[] | undefined;
  private at = 0;

  constructor(private readonly text: string) {}

  cut(): string[] {
    while (this.at < this.text.length) {
      const char = this.text[this.at] as string;
      // Python's shlex takes a number sign for a comment even within a word.
      if (char === '#') break;
      this.at += 1;
      if (blank.test(char)) this.end();
      else if (char === '"' || char === "'") this.quoted(char);
      else (this.word ??= []).push(char === '\\' ? this.next() : char);
    }
    this.end();
    return this.words;
  }

  private end(): void {
    if (this.word) this.words.push(this.word.join(''));
    this.word = undefined;
  }

  private next(): string {
    if (this.at >= this.text.length) throw new BadWords('nothing follows the last backslash');
    this.at += 1;
    return this.text[this.at - 1] as string;
  }

  private quoted(quote: string): void {
    const word = (this.word ??= []);
    for (;;) {
      if (this.at >= this.text.length) throw new BadWords('a quote is never closed');
      const char = this.next();
      if (char === quote) return;
      const escaping = char === '\\' && quote === '"' && /["\\]/.test(this.text[this.at] ?? '');
      word.push(escaping ? this.next() : char);
    }
  }
}

/** Words as a POSIX shell, and Python's `shlex.split` with comments, would cut them. */
export const shellWords = (text: string): string[] => new Words(text).cut();
