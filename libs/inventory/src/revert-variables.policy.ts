import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { VariablesCommand } from './variables.decider.js';
import type { OwnerKind, Sealed } from './variables.events.js';

/** A value as it is kept: for one that is not plain, `text` is what is behind the mask. */
export interface KeptValue {
  readonly nature: 'plain' | 'secret' | 'bound';
  /** JSON text. */
  readonly text: string;
}

/** One owner's own variables, or its schemas by key: these are kept as they are. */
export type KeptValues = ReadonlyMap<string, KeptValue>;

/** What one event made of an owner's variables, or of its schemas: only the keys that it changed. */
export interface RevertedVariables {
  readonly before: KeptValues;
  readonly after: KeptValues;
}

export type UndoingVariables =
  | { readonly does: 'conflict'; readonly keys: readonly string[] }
  | { readonly does: 'change'; readonly now: KeptValues; readonly keys: readonly string[] };

const sealOf = ({ text }: KeptValue): Partial<Sealed> => JSON.parse(text) as Partial<Sealed>;

/** A secret that was sealed anew says what it said: the nonce of its first seal tells. */
const isSealedAnew = (a: KeptValue, b: KeptValue): boolean => {
  if (a.nature !== 'secret') return false;
  const seals = [sealOf(a), sealOf(b)];
  const origins = new Set(seals.map(({ first, nonce }) => first ?? nonce));
  return origins.size === 1 && seals.some(({ first }) => first !== undefined);
};

const same = (a: KeptValue | undefined, b: KeptValue | undefined): boolean => {
  if (!a || !b) return a === b;
  return a.nature === b.nature && (a.text === b.text || isSealedAnew(a, b));
};

/** How an event is taken back, given the owner's variables, or schemas, after the later ones have been; no keys where nothing is left to do. */
export const undoingVariables = ({ before, after }: RevertedVariables, now: KeptValues): UndoingVariables => {
  const touched = [...new Set([...before.keys(), ...after.keys()])];
  const keys = touched.filter((key) => !same(now.get(key), before.get(key)));
  const lost = keys.filter((key) => !same(now.get(key), after.get(key)));
  if (lost.length > 0) return { does: 'conflict', keys: lost };
  const restored = new Map(now);
  for (const key of keys) {
    const value = before.get(key);
    if (value) restored.set(key, value);
    else restored.delete(key);
  }
  return { does: 'change', now: restored, keys };
};

const valuesOf = (values: KeptValues, keys: readonly string[]): Readonly<Record<string, Json>> =>
  Object.fromEntries(keys.map((key) => [key, JSON.parse((values.get(key) as KeptValue).text) as Json]));

/** The commands that make these keys of an owner what `wanted` says, by removing those that it does not have. */
export const puttingVariables = (
  ownerKind: OwnerKind,
  keys: readonly string[],
  wanted: KeptValues,
): readonly VariablesCommand[] => {
  const of = (...natures: readonly KeptValue['nature'][]) =>
    keys.filter((key) => natures.includes(wanted.get(key)?.nature as KeptValue['nature']));
  const gone = keys.filter((key) => !wanted.has(key));
  const [set, secrets, bound] = [of('plain', 'secret'), of('secret'), of('bound')];
  const values = valuesOf(wanted, set);
  const setting = {
    type: 'SetVariables',
    ownerKind,
    values,
    ...(secrets.length > 0 && { secrets }),
  } as const;
  return [
    ...(gone.length > 0 ? [{ type: 'RemoveVariables', ownerKind, keys: gone } as const] : []),
    ...(set.length > 0 ? [setting] : []),
    ...(bound.length > 0
      ? [{ type: 'BindVariables', ownerKind, bindings: valuesOf(wanted, bound) } as const]
      : []),
  ];
};

/** The commands that make the schemas of these keys what `wanted` says, by detaching those that it does not have. */
export const puttingSchemas = (
  ownerKind: OwnerKind,
  keys: readonly string[],
  wanted: KeptValues,
): readonly VariablesCommand[] => {
  const gone = keys.filter((key) => !wanted.has(key));
  const kept = keys.filter((key) => wanted.has(key));
  const schemas = valuesOf(wanted, kept) as Readonly<Record<string, JsonObject>>;
  return [
    ...(gone.length > 0 ? [{ type: 'DetachSchemas', ownerKind, keys: gone } as const] : []),
    ...(kept.length > 0 ? [{ type: 'AttachSchemas', ownerKind, schemas } as const] : []),
  ];
};
