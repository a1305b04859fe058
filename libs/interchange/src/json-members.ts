import type { Json } from '#libs/kernel/src/json.js';
import { repeatedMemberIn, type Repeated } from './json-position.js';

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;

/** Colons behind a quotation mark: every member has one, and hardly anything else does. */
const colonsBehindQuotes = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf(':'); at > 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (isSpace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === 0x22) count += 1;
  }
  return count;
};

const membersOf = (value: Json): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const inside: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inside.length;
  for (const one of inside) count += membersOf(one);
  return count;
};

/**
 * A member that one object of the text has twice: parsing kept the last one. `value`, not nested too deeply for recursion, is what the
 * text was parsed to. As many members as there may be at most mean that none was lost, which costs next to nothing to find out.
 */
export const repeatedMember = (text: string, value: Json): Repeated | undefined =>
  colonsBehindQuotes(text) === membersOf(value) ? undefined : repeatedMemberIn(text);
