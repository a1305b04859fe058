import { EOF, type IToken, type ParserMethod } from 'chevrotain';
import type { Json } from '#libs/kernel/src/json.js';
import type { Rule } from './json-grammar.js';
import { expectedCondition, PathGrammar } from './path-grammar.js';
import { refuseToken } from './vars-mistake.js';
import { printPath } from './vars-print.policy.js';
import type { Condition, Expression, Order, Path } from './vars-query.policy.js';
import { all, any, not } from './vars-query.policy.js';
import * as t from './vars-tokens.js';

const maxConditions = 64;

/** What follows the word `not` where it is the name of a variable. */
const continuesPath = [t.Colon, t.Dot, t.OpenBracket];

/** The rules in the order of the text, outermost first; each returns its part of the query. */
class VarsGrammar extends PathGrammar {
  private conditions = 0;

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  parse(source: string, tokens: IToken[]): Expression {
    this.input = tokens;
    this.source = source;
    this.conditions = 0;
    const expression = this.whole();
    const [error] = this.errors;
    return error ? refuseToken(source, error.token, error.message) : expression;
  }

  private readonly whole: Rule<Expression> = this.RULE('whole', () => {
    const expression = this.SUBRULE(this.list);
    this.CONSUME(EOF, { ERR_MSG: 'and, or, a comma or the end' });
    return expression;
  });

  private readonly list: Rule<Expression> = this.RULE('list', () => {
    const parts: Expression[] = [];
    const paths = new Set<string>();
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      ERR_MSG: expectedCondition,
      DEF: () => {
        const start = this.LA(1);
        const part = this.SUBRULE(this.alternatives);
        parts.push(part);
        this.ACTION(() => this.refuseRepetition(part, paths, start));
      },
    });
    return this.ACTION(() => all(parts));
  });

  private readonly alternatives: Rule<Expression> = this.RULE('alternatives', () => {
    const parts: Expression[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Or,
      ERR_MSG: expectedCondition,
      DEF: () => parts.push(this.SUBRULE(this.conjunction)),
    });
    return this.ACTION(() => any(parts));
  });

  private readonly conjunction: Rule<Expression> = this.RULE('conjunction', () => {
    const parts: Expression[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.And,
      ERR_MSG: expectedCondition,
      DEF: () => parts.push(this.SUBRULE(this.negation)),
    });
    return this.ACTION(() => all(parts));
  });

  private readonly negation: Rule<Expression> = this.RULE('negation', () => {
    let negated = false;
    this.MANY({
      GATE: () => !continuesPath.includes(this.LA(2).tokenType),
      DEF: () => {
        this.CONSUME(t.Not);
        negated = !negated;
      },
    });
    const part = this.OR({
      ERR_MSG: expectedCondition,
      DEF: [{ ALT: () => this.SUBRULE(this.group) }, { ALT: () => this.SUBRULE(this.condition) }],
    });
    return this.ACTION(() => (negated ? not(part) : part));
  });

  private readonly group: Rule<Expression> = this.RULE('group', () => {
    this.CONSUME(t.Open);
    const expression = this.SUBRULE(this.list);
    this.CONSUME(t.Close, { ERR_MSG: 'and, or, a comma or )' });
    return expression;
  });

  private readonly condition: Rule<Condition> = this.RULE('condition', () => {
    const start = this.LA(1);
    const path = this.SUBRULE(this.path);
    this.ACTION(() => this.countCondition(start));
    return this.SUBRULE(this.test, { ARGS: [path] });
  });

  private readonly test: ParserMethod<[Path], Condition> = this.RULE('test', (path: Path) =>
    this.OR({
      ERR_MSG: 'one of : < <= > >= != in exists prefix after the path',
      DEF: [
        {
          ALT: (): Condition =>
            this.CONSUME(t.Colon) && { type: 'contains', path, value: this.SUBRULE(this.json) },
        },
        {
          ALT: (): Condition =>
            this.CONSUME(t.Differs) && { type: 'differs', path, value: this.SUBRULE2(this.json) },
        },
        {
          ALT: (): Condition => ({
            type: 'compares',
            path,
            order: this.SUBRULE(this.order),
            value: this.SUBRULE(this.bound),
          }),
        },
        {
          ALT: (): Condition =>
            this.CONSUME(t.In) && { type: 'among', path, values: this.SUBRULE(this.values) },
        },
        { ALT: (): Condition => this.CONSUME(t.Exists) && { type: 'exists', path } },
        {
          ALT: (): Condition =>
            this.CONSUME(t.Prefix) && { type: 'prefix', path, text: this.SUBRULE(this.text) },
        },
      ],
    }),
  );

  private readonly order: Rule<Order> = this.RULE('order', () => this.CONSUME(t.Ordering).image as Order);

  private readonly bound: Rule<number | string> = this.RULE('bound', () =>
    this.OR({
      ERR_MSG: 'a number or a text in double quotes',
      DEF: [{ ALT: () => this.SUBRULE(this.number) }, { ALT: () => this.SUBRULE(this.text) }],
    }),
  );

  private readonly values: Rule<readonly Json[]> = this.RULE('values', () => {
    const start = this.LA(1);
    const values = this.SUBRULE(this.array);
    this.ACTION(() => values.length === 0 && this.refuse(start, 'expected at least one value to look for'));
    return values;
  });

  /** Craton's pairs took the last of two in silence; asking for both takes the word `and`. */
  private refuseRepetition(part: Expression, paths: Set<string>, start: IToken): void {
    if (part.type !== 'contains') return;
    const path = printPath(part.path);
    if (paths.has(path))
      this.refuse(start, 'expected each path once between commas (the word and asks for both)');
    paths.add(path);
  }

  private countCondition(start: IToken): void {
    this.conditions += 1;
    if (this.conditions > maxConditions) this.refuse(start, `expected at most ${maxConditions} conditions`);
  }
}

export const grammar = new VarsGrammar();
