import type { Json } from '#libs/kernel/src/json.js';
import type { Setting } from './import.plan.js';
import type { Spool } from './import.spool.js';

export type Values = Readonly<Record<string, Json>>;

/** What these come to, in their order. */
export const valuesOf = async (settings: readonly Setting[], spool: Spool): Promise<readonly Values[]> => {
  const kept = settings.flatMap((setting) => ('kept' in setting ? [setting.kept] : []));
  const texts = kept.length === 0 ? [] : await spool.read(kept);
  let next = 0;
  return settings.map((setting) =>
    'values' in setting ? setting.values : (JSON.parse(texts[next++] as string) as Values),
  );
};
