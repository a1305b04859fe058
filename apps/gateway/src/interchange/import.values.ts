import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Json } from '#libs/kernel/src/json.js';
import type { Exchange } from '../http/exchange.js';
import type { Entry, Setting } from './import.plan.js';
import type { Spool } from './import.spool.js';

export type Values = Readonly<Record<string, Json>>;

const none: ReadonlySet<string> = new Set();

const some = (values: Values, keys: readonly string[]): Values =>
  Object.fromEntries(keys.map((key) => [key, values[key] as Json]));

/** What is secret in an import, and who imports. */
export interface Secrecy {
  readonly exchange: Exchange;
  /** Keys whose values are to be secret, whoever has them. */
  readonly asked: ReadonlySet<string>;
}

/** Those of the values that are secret. */
export const secretKeysOf = (
  values: Values,
  { secrets = [] }: Setting,
  asked: Secrecy['asked'],
): ReadonlySet<string> => {
  if (asked.size === 0 && secrets.length === 0) return none;
  return new Set([...asked, ...secrets].filter((key) => Object.hasOwn(values, key)));
};

/** What these come to, in their order. */
export const valuesOf = async (settings: readonly Setting[], spool: Spool): Promise<readonly Values[]> => {
  if (settings.length === 0) return [];
  const texts = await spool.read(settings.map(({ kept }) => kept));
  return settings.map(({ only }, index) => {
    const values = JSON.parse(texts[index] as string) as Values;
    return only ? some(values, only) : values;
  });
};

/** Looked at without giving others a turn, and in memory at the same time. */
const atOnce = 250;
const mostBytes = 4 * 2 ** 20;

/** Things with variables, as many together as fit into memory, with room for other requests between. */
export async function* batchesOf<Settled extends Entry & { readonly setting: Setting }>(
  entries: readonly Settled[],
): AsyncGenerator<readonly Settled[]> {
  for (let from = 0, to = 0; from < entries.length; from = to) {
    let bytes = 0;
    while (to < entries.length && to - from < atOnce && bytes <= mostBytes) {
      bytes += (entries[to] as Settled).setting.kept.length;
      to += 1;
    }
    yield entries.slice(from, to);
    await othersTurn();
  }
}
