import type { Json } from '#libs/kernel/src/json.js';
import { compileCondition, type Test } from './vars-match.policy.js';
import type { Condition } from './vars-query.policy.js';

/** The outcome of a variable that is not there: it satisfies no condition, and it hides nothing. */
export const absent = 0;

/** All that a query can see of one variable: values that satisfy the same of its conditions have the same outcome, above 0. */
export class Outcomes {
  readonly #conditions: readonly Condition[];
  readonly #tests: readonly Test<Json>[];
  readonly #satisfied: (readonly boolean[])[] = [[]];
  readonly #byAnswers = new Map<string, number>();

  constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
    this.#tests = conditions.map(compileCondition);
  }

  of(value: Json): number {
    return this.#answered(this.#tests.map((test) => test(value)));
  }

  /** Of a value that is there, which is all that may be known of it. */
  hidden(): number {
    return this.#answered(
      this.#conditions.map(({ type, path }) => type === 'exists' && path.steps.length === 0),
    );
  }

  satisfied(condition: Condition): Test<number> {
    const index = this.#conditions.indexOf(condition);
    return (outcome) => this.#satisfied[outcome]?.[index] ?? false;
  }

  #answered(answers: readonly boolean[]): number {
    const name = answers.join();
    const outcome = this.#byAnswers.get(name) ?? this.#satisfied.push(answers) - 1;
    this.#byAnswers.set(name, outcome);
    return outcome;
  }
}
