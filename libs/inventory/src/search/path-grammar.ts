import type { ParserMethod } from 'chevrotain';
import { JsonGrammar, type Rule } from './json-grammar.js';
import type { Path, Step } from './vars-query.policy.js';
import * as t from './vars-tokens.js';

export const expectedCondition = 'a condition, which begins with the name of a variable';
const expectedIndex = 'an index (0, 1, ...) or *';

/** Paths into a variable; `index` adds its step, if there is one, to those it is given. */
export class PathGrammar extends JsonGrammar {
  protected readonly path: Rule<Path> = this.RULE('path', () => {
    const steps: Step[] = [];
    const key = this.SUBRULE(this.variable);
    this.SUBRULE(this.index, { ARGS: [steps] });
    this.MANY(() => {
      this.CONSUME(t.Dot);
      steps.push(this.SUBRULE(this.leg));
      this.SUBRULE2(this.index, { ARGS: [steps] });
    });
    return { key, steps };
  });

  private readonly variable: Rule<string> = this.RULE('variable', () =>
    this.OR({
      ERR_MSG: expectedCondition,
      DEF: [{ ALT: () => this.SUBRULE(this.text) }, { ALT: () => this.SUBRULE(this.variableName) }],
    }),
  );

  private readonly variableName: Rule<string> = this.RULE('variableName', () => {
    const token = this.CONSUME(t.Name);
    this.ACTION(() => token.image === '$' && this.refuse(token, 'expected a variable without $ before it'));
    return token.image;
  });

  private readonly leg: Rule<Step> = this.RULE('leg', () =>
    this.OR({
      ERR_MSG: 'a name, a name in double quotes or *',
      DEF: [
        { ALT: (): Step => ({ type: 'member', name: this.SUBRULE(this.text) }) },
        { ALT: (): Step => ({ type: 'member', name: this.SUBRULE(this.memberName) }) },
        { ALT: (): Step => this.CONSUME(t.Star) && { type: 'members' } },
      ],
    }),
  );

  private readonly memberName: Rule<string> = this.RULE('memberName', () => {
    const token = this.CONSUME(t.Name);
    const words = 'expected double quotes around a name with a hyphen, unless it is the variable';
    this.ACTION(() => token.image.includes('-') && this.refuse(token, words));
    return token.image;
  });

  private readonly index: ParserMethod<[Step[]], void> = this.RULE('index', (steps: Step[]) => {
    this.OPTION(() => {
      this.CONSUME(t.OpenBracket);
      const step = this.OR({
        ERR_MSG: expectedIndex,
        DEF: [
          { ALT: (): Step => ({ type: 'element', index: this.SUBRULE(this.position) }) },
          { ALT: (): Step => this.CONSUME(t.Star) && { type: 'elements' } },
        ],
      });
      this.CONSUME(t.CloseBracket, { ERR_MSG: '] after the one index' });
      this.ACTION(() => {
        steps.push(step);
        const next = this.LA(1);
        if (next.tokenType === t.OpenBracket) this.refuse(next, 'expected one index at most after a name');
      });
    });
  });

  private readonly position: Rule<number> = this.RULE('position', () => {
    const token = this.CONSUME(t.Digits);
    return this.ACTION(() => {
      const position = Number(token.image);
      const valid = /^\d+$/.test(token.image) && Number.isSafeInteger(position);
      return valid ? position : this.refuse(token, `expected ${expectedIndex}`);
    });
  });
}
