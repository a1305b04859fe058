import type { Json } from './json.js';

/** How a variable's value is kept: as it is, sealed, or looked up elsewhere when it is read. */
export type Nature = 'plain' | 'secret' | 'bound';

/** What everybody is shown in place of a value that is not kept as it is. No variable can be set to it. */
export const masks = {
  secret: { $secret: true },
  bound: { $bound: true },
} as const satisfies Record<Exclude<Nature, 'plain'>, Json>;

/** Whether a value is a mask, or looks like one with something said beside it. */
export const isMask = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '$secret') || Object.hasOwn(value, '$bound'));

/** Whether there may be a mask in JSON text as `JSON.stringify` writes it. Never overlooks one. */
export const mayHoldMask = (text: string, nature: keyof typeof masks): boolean =>
  text.includes(`{"$${nature}":`);
