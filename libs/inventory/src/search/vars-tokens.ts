import { createToken, type CustomPatternMatcherFunc, type IToken, Lexer, type TokenType } from 'chevrotain';

/** The lexer drops the flag `u` of a regular expression; a function keeps it. */
const unicode = (pattern: RegExp): CustomPatternMatcherFunc => {
  const sticky = new RegExp(pattern, 'uy');
  return (text, offset) => {
    sticky.lastIndex = offset;
    return sticky.exec(text) as RegExpExecArray | null;
  };
};

const sign = (name: string, pattern: string): TokenType => createToken({ name, pattern });

/** The four signs that order two numbers or two texts. */
export const Ordering = createToken({ name: 'Ordering', pattern: Lexer.NA });
const ordering = (name: string, pattern: string): TokenType =>
  createToken({ name, pattern, categories: [Ordering] });

/** Any word that may stand in a path; where it stands tells whether one like `in` is a name or an operator. */
export const Name = createToken({ name: 'Name', pattern: Lexer.NA });
const Word = createToken({
  name: 'Word',
  pattern: unicode(/[\p{ID_Start}$_][\u200c\u200d\p{ID_Continue}$-]*/u),
  line_breaks: false,
  categories: [Name],
});
const word = (name: string, pattern: string): TokenType =>
  createToken({ name, pattern, longer_alt: Word, categories: [Name] });

export const And = word('And', 'and');
export const Or = word('Or', 'or');
export const Not = word('Not', 'not');
export const In = word('In', 'in');
export const Exists = word('Exists', 'exists');
export const Prefix = word('Prefix', 'prefix');
export const True = word('True', 'true');
export const False = word('False', 'false');
export const Null = word('Null', 'null');

export const Open = sign('Open', '(');
export const Close = sign('Close', ')');
export const OpenBracket = sign('OpenBracket', '[');
export const CloseBracket = sign('CloseBracket', ']');
export const OpenBrace = sign('OpenBrace', '{');
export const CloseBrace = sign('CloseBrace', '}');
export const Comma = sign('Comma', ',');
export const Colon = sign('Colon', ':');
export const Dot = sign('Dot', '.');
export const Star = sign('Star', '*');
export const Differs = sign('Differs', '!=');

export const Text = createToken({
  name: 'Text',
  pattern: /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/,
  line_breaks: false,
});
/** What starts like a text and is none: consumed whole, so that no input makes the lexer look at its end again and again. */
export const BrokenText = createToken({
  name: 'BrokenText',
  pattern: /"(?:[^"\\]|\\[^])*["\\]?/,
  line_breaks: true,
});
export const Digits = createToken({ name: 'Digits', pattern: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/ });
const Space = createToken({
  name: 'Space',
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
/** A character with no meaning: the grammar then says what it expected instead. */
const Stray = createToken({ name: 'Stray', pattern: unicode(/[^]/u), line_breaks: true });

const keywords = [And, Or, Not, In, Exists, Prefix, True, False, Null];
// The longer sign first: the lexer takes the first that fits.
const orderings = [
  ordering('AtMost', '<='),
  ordering('Less', '<'),
  ordering('AtLeast', '>='),
  ordering('More', '>'),
];
const brackets = [Open, Close, OpenBracket, CloseBracket, OpenBrace, CloseBrace];
const signs = [...brackets, Comma, Colon, Dot, Star, Differs, ...orderings];
export const vocabulary = [
  Space,
  ...keywords,
  Word,
  Text,
  BrokenText,
  Digits,
  ...signs,
  Stray,
  Name,
  Ordering,
];

const lexer = new Lexer(vocabulary, { positionTracking: 'onlyOffset' });

/** Linear in the text, whatever the text; every text has tokens. */
export const tokensOf = (text: string): IToken[] => lexer.tokenize(text).tokens;
