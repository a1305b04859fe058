import { DomainError } from './errors.js';

/** Nearly all names there are, and the quickest question about them. */
const plain = /^[!-~](?:[ -~]*[!-~])?$/;

const refused: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, 'must be without control characters'],
  [/[\u2028\u2029]/, 'must be without line and paragraph separators'],
  [/[\u202a-\u202e\u2066-\u2069]/, 'must be without marks that turn the direction of text'],
  [/[\u200b\u2060\ufeff]/, 'must be without characters that have no width'],
];

const strangers = '\\u0000-\\u001f\\u007f-\\u009f\\u200b\\u2028-\\u202e\\u2060\\u2066-\\u2069\\ufeff';

/** What `nameMistake` asks as a regular expression, but for the normalization. */
export const namePattern = `^[^\\s${strangers}](?:[^${strangers}]*[^\\s${strangers}])?$`;

/**
 * What keeps a text from being a name: two names that look the same would be two things. Undefined for a proper one. Names are not
 * made proper for whoever sends them: they would not find under their name what they made.
 */
export const nameMistake = (name: string): string | undefined => {
  if (plain.test(name)) return undefined;
  const [, words] = refused.find(([characters]) => characters.test(name)) ?? [];
  if (words !== undefined) return words;
  if (name !== name.trim()) return 'must not begin or end with white space';
  return name === name.normalize('NFC') ? undefined : 'must be in Unicode normalization form C (NFC)';
};

/** Throws `validation-failed`, naming the member, for a name that `nameMistake` objects to. */
export const demandName = (member: string, name: string): void => {
  const message = nameMistake(name);
  if (message !== undefined)
    throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};
