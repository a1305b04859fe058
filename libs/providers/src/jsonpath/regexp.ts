import { RE2JS } from 're2js';

const longest = 256;

/** An I-Regexp's dot is any character that does not end a line; RE2's knows one such character only. */
const ofRe2 = (pattern: string): string =>
  pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, (token) => (token === '.' ? '[^\\n\\r]' : token));

/** A regular expression of RFC 9485, which takes a time that grows no faster than the text; undefined for what is none, or too long. */
export const regexpOf = (pattern: string): RE2JS | undefined => {
  if (pattern.length > longest) return undefined;
  try {
    return RE2JS.compile(ofRe2(pattern));
  } catch {
    return undefined;
  }
};
