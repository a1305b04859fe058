import type { Json } from '#libs/kernel/src/json.js';
import { ProviderFailure } from '../provider.port.js';

const deepest = 64;

const depthOf = (text: string): number => {
  let depth = 0;
  let found = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') found = Math.max(found, (depth += 1));
    else if (token === ']' || token === '}') depth -= 1;
  }
  return found;
};

/** What bytes from a stranger say. Throws a `ProviderFailure` that is `unusable`, without a word of what came. */
export const jsonOf = (bytes: Uint8Array, place: string): Json => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (depthOf(text) <= deepest) return JSON.parse(text) as Json;
  } catch {
    // The parser's words would quote what came.
    throw new ProviderFailure('unusable', `what came from ${place} is not JSON in UTF-8`);
  }
  throw new ProviderFailure('unusable', `what came from ${place} is nested deeper than ${deepest} levels`);
};
