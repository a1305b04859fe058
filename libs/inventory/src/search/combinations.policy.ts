import type { Json } from '#libs/kernel/src/json.js';
import { absent, Outcomes } from './outcomes.policy.js';
import { compileExpression, type Test } from './vars-match.policy.js';
import { type Condition, conditionsOf, type VarsQuery } from './vars-query.policy.js';

/** What a resource's variables are to a query; resources that are alike in this share the object. */
export interface Combination {
  /** One for each of the query's keys. */
  readonly outcomes: readonly number[];
  readonly matches: boolean;
  /** What it has become in front of others so far. */
  readonly before: Map<Combination, Combination>;
}

/** One of a query's keys. */
interface Key {
  readonly index: number;
  readonly outcomes: Outcomes;
  /** By outcome: the combination of that outcome and nothing else. */
  readonly alone: Combination[];
}

/** The combinations that occur, each evaluated once however many resources share it. */
export class Combinations {
  readonly none: Combination;
  readonly #keys: ReadonlyMap<string, Key>;
  readonly #matches: Test<readonly number[]>;
  readonly #known = new Map<string, Combination>();

  constructor({ expression, keys }: VarsQuery) {
    const conditions = Map.groupBy(conditionsOf(expression), ({ path }) => path.key);
    this.#keys = new Map(
      keys.map((key, index) => [
        key,
        { index, outcomes: new Outcomes(conditions.get(key) ?? []), alone: [] },
      ]),
    );
    this.#matches = compileExpression(expression, (condition) => this.#leaf(condition));
    this.none = this.#of(keys.map(() => absent));
  }

  /** What one variable is to the query; `none` when the query does not ask for it. */
  alone(name: string, value: Json): Combination {
    const key = this.#keys.get(name);
    if (!key) return this.none;
    return this.#alone(key, key.outcomes.of(value));
  }

  /** A variable of which no condition may see more than that it is there. */
  hidden(name: string): Combination {
    const key = this.#keys.get(name);
    return key ? this.#alone(key, key.outcomes.hidden()) : this.none;
  }

  /** The nearer one, with the farther one's outcomes for what the nearer lacks. */
  inFront(near: Combination, far: Combination): Combination {
    if (far === this.none) return near;
    if (near === this.none) return far;
    const known = near.before.get(far);
    if (known) return known;
    const of = (outcome: number, index: number) =>
      outcome === absent ? (far.outcomes[index] ?? absent) : outcome;
    const combination = this.#of(near.outcomes.map(of));
    near.before.set(far, combination);
    return combination;
  }

  #alone(key: Key, outcome: number): Combination {
    return (key.alone[outcome] ??= this.#of(this.none.outcomes.with(key.index, outcome)));
  }

  #leaf(condition: Condition): Test<readonly number[]> {
    const { index, outcomes } = this.#keys.get(condition.path.key) as Key;
    const satisfied = outcomes.satisfied(condition);
    return (all) => satisfied(all[index] ?? absent);
  }

  #of(outcomes: readonly number[]): Combination {
    const name = outcomes.join();
    const known = this.#known.get(name);
    if (known) return known;
    const combination = {
      outcomes,
      matches: this.#matches(outcomes),
      before: new Map<Combination, Combination>(),
    };
    this.#known.set(name, combination);
    return combination;
  }
}
