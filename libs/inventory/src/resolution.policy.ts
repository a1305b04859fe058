import type { Json } from '#libs/kernel/src/json.js';

/** One owner's own variables; a chain of them runs from the nearest owner to the farthest. */
export interface OwnVariable<V = Json> {
  readonly ownerId: string;
  readonly key: string;
  readonly value: V;
}

export interface Resolved<T extends OwnVariable<unknown>> {
  readonly effective: T;
  /** What would be in effect without it, nearest first. */
  readonly shadowed: readonly T[];
}

/** The nearest owner that has the key wins with its whole value; null is a value. `chain`: owner ids, nearest first. */
export const resolve = <T extends OwnVariable<unknown>>(
  chain: readonly string[],
  own: readonly T[],
): Map<string, Resolved<T>> => {
  const byOwner = Map.groupBy(own, ({ ownerId }) => ownerId);
  const found = new Map<string, T[]>();
  for (const ownerId of chain) {
    for (const variable of byOwner.get(ownerId) ?? []) {
      const known = found.get(variable.key);
      if (known) known.push(variable);
      else found.set(variable.key, [variable]);
    }
  }
  return new Map(
    [...found].map(([key, [effective, ...shadowed]]) => [key, { effective: effective as T, shadowed }]),
  );
};

/** Only what is in effect, for who asks often: agrees with `resolve`. Each of `own` belongs to somebody in the chain. */
export const nearest = <T extends { readonly key: string }>(
  chain: readonly string[],
  own: readonly T[],
  ownerOf: (variable: T) => string,
): ReadonlyMap<string, T> => {
  const ranks = new Map(chain.map((ownerId, rank) => [ownerId, rank]));
  const rankOf = (variable: T): number => ranks.get(ownerOf(variable)) ?? Infinity;
  const found = new Map<string, T>();
  for (const variable of own) {
    const known = found.get(variable.key);
    if (known === undefined || rankOf(variable) < rankOf(known)) found.set(variable.key, variable);
  }
  return found;
};
