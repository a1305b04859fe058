import type { Json } from '#libs/kernel/src/json.js';
import { ProviderFailure } from '../provider.port.js';

const deepest = 64;

const opens = new Set(['[', '{'].map((text) => text.charCodeAt(0)));
const closes = new Set([']', '}'].map((text) => text.charCodeAt(0)));
const quote = 0x22;
const backslash = 0x5c;

/** Behind the string that begins here. */
const behindString = (text: string, from: number): number => {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
};

const isDeep = (text: string): boolean => {
  let depth = 0;
  for (let at = 0; at < text.length && depth <= deepest;) {
    const code = text.charCodeAt(at);
    if (opens.has(code)) depth += 1;
    else if (closes.has(code)) depth -= 1;
    at = code === quote ? behindString(text, at) : at + 1;
  }
  return depth > deepest;
};

/** What bytes from a stranger say. Throws a `ProviderFailure` that is `unusable`, without a word of what came. */
export const jsonOf = (bytes: Uint8Array, place: string): Json => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!isDeep(text)) return JSON.parse(text) as Json;
  } catch {
    // The parser's words would quote what came.
    throw new ProviderFailure('unusable', `what came from ${place} is not JSON in UTF-8`);
  }
  throw new ProviderFailure('unusable', `what came from ${place} is nested deeper than ${deepest} levels`);
};
