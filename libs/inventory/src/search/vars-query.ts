import type { IToken } from 'chevrotain';
import { grammar } from './vars-grammar.js';
import { refuse } from './vars-mistake.js';
import { varsQuery, type VarsQuery } from './vars-query.policy.js';
import { Close, CloseBrace, CloseBracket, Open, OpenBrace, OpenBracket, tokensOf } from './vars-tokens.js';

const maxCharacters = 8192;
const maxDepth = 32;

const opening = new Set([Open, OpenBracket, OpenBrace]);
const closing = new Set([Close, CloseBracket, CloseBrace]);

/** Looked at before the grammar, which descends as deep as the brackets do. */
const refuseDepth = (text: string, tokens: readonly IToken[]): void => {
  let depth = 0;
  for (const { tokenType, startOffset } of tokens) {
    if (opening.has(tokenType)) depth += 1;
    else if (closing.has(tokenType)) depth -= 1;
    if (depth > maxDepth) refuse(text, startOffset, `expected brackets at most ${maxDepth} deep`);
  }
};

/**
 * Reads the language of `vars=` (see README.md beside this file). Anything else is refused as `validation-failed`, with
 * the column, counted in characters from 1, and what was expected there.
 */
export const parseVarsQuery = (text: string): VarsQuery => {
  if (text.length > maxCharacters) {
    refuse(text, maxCharacters, `expected at most ${maxCharacters} characters`);
  }
  const tokens = tokensOf(text);
  refuseDepth(text, tokens);
  return varsQuery(grammar.parse(text, tokens));
};
