import {
  defaultParserErrorProvider,
  EmbeddedActionsParser,
  type IToken,
  type ParserMethod,
} from 'chevrotain';
import type { Json } from '#libs/kernel/src/json.js';
import { refuse } from './vars-mistake.js';
import * as t from './vars-tokens.js';

export type Rule<T> = ParserMethod<[], T>;

const expectedValue = 'a JSON value (a text goes in double quotes)';

/** JSON as a part of a larger grammar: each rule returns the value it has read. */
export class JsonGrammar extends EmbeddedActionsParser {
  protected source = '';

  constructor() {
    super(t.vocabulary, {
      maxLookahead: 1,
      errorMessageProvider: {
        ...defaultParserErrorProvider,
        buildNoViableAltMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
        buildEarlyExitMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
      },
    });
  }

  /** Only in an `ACTION`: a mistake that the grammar itself cannot express. */
  protected refuse(token: IToken, words: string): never {
    return refuse(this.source, token.startOffset, words);
  }

  protected readonly json: Rule<Json> = this.RULE('json', () =>
    this.OR({
      ERR_MSG: expectedValue,
      DEF: [
        { ALT: () => this.SUBRULE(this.text) },
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.array) },
        { ALT: () => this.SUBRULE(this.object) },
        { ALT: () => this.CONSUME(t.True) && true },
        { ALT: () => this.CONSUME(t.False) && false },
        { ALT: () => this.CONSUME(t.Null) && null },
      ],
    }),
  );

  protected readonly text: Rule<string> = this.RULE('text', () => {
    const { image } = this.CONSUME(t.Text, { ERR_MSG: 'a text in double quotes' });
    return this.ACTION(() => JSON.parse(image) as string);
  });

  protected readonly number: Rule<number> = this.RULE('number', () => {
    const token = this.CONSUME(t.Digits);
    return this.ACTION(() => {
      const value = Number(token.image);
      return Number.isFinite(value) ? value : this.refuse(token, 'expected a number that a double can hold');
    });
  });

  protected readonly array: Rule<readonly Json[]> = this.RULE('array', () => {
    const values: Json[] = [];
    this.CONSUME(t.OpenBracket, { ERR_MSG: 'a list of JSON values in brackets' });
    this.MANY_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.json)) });
    this.CONSUME(t.CloseBracket, { ERR_MSG: values.length > 0 ? 'a comma or ]' : `${expectedValue} or ]` });
    return values;
  });

  private readonly object: Rule<Json> = this.RULE('object', () => {
    const members = new Map<string, Json>();
    this.CONSUME(t.OpenBrace);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const start = this.LA(1);
        const name = this.SUBRULE(this.text);
        this.ACTION(() => members.has(name) && this.refuse(start, 'expected each member of an object once'));
        this.CONSUME(t.Colon, { ERR_MSG: 'a colon' });
        members.set(name, this.SUBRULE(this.json));
      },
    });
    this.CONSUME(t.CloseBrace, {
      ERR_MSG: members.size > 0 ? 'a comma or }' : 'a text in double quotes or }',
    });
    return Object.fromEntries(members);
  });
}
