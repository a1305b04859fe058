import { EOF, type IToken } from 'chevrotain';
import { DomainError } from '#libs/kernel/src/errors.js';
import { BrokenText, Text } from './vars-tokens.js';

const longestQuote = 20;

const quote = (image: string): string => {
  const characters = Array.from(image);
  return characters.length > longestQuote ? `${characters.slice(0, longestQuote).join('')}…` : image;
};

/** Texts are values, and values are not repeated where errors are logged. */
const describe = ({ tokenType, image }: IToken): string => {
  if (tokenType === EOF) return 'the end';
  if (tokenType === Text) return 'a text';
  if (tokenType === BrokenText) {
    const ends = image.length > 1 && image.endsWith('"');
    return ends ? 'a text with a control character or an unknown escape' : 'a text without its closing quote';
  }
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}\u200c\u200d]+$/u.test(image)) return quote(image);
  return `the character U+${(image.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
};

/** Refuses the query; the column counts characters from 1. */
export const refuse = (text: string, offset: number, words: string): never => {
  const column = Array.from(text.slice(0, offset)).length + 1;
  const message = `column ${column}: ${words}`;
  throw new DomainError('validation-failed', `vars, ${message}`, {
    violations: [{ member: 'vars', message }],
  });
};

export const refuseToken = (text: string, token: IToken, expected: string): never => {
  const offset = token.tokenType === EOF ? text.length : token.startOffset;
  return refuse(text, offset, `expected ${expected}, found ${describe(token)}`);
};
