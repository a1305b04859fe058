import { DomainError } from '#libs/kernel/src/errors.js';

/** -1 is the revision of what nothing has happened to, such as the variables of an owner that never had any. */
export const etag = (revision: number): string => `"${revision}"`;

const refused = (member: string, message: string) =>
  new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });

/** The revision that an `If-Match` demands; undefined when it is absent or satisfied by anything. */
export const expectedRevision = (header: string | undefined): number | undefined => {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, weak, digits] = /^(W\/)?"(-1|\d{1,15})"$/.exec(header.trim()) ?? [];
  if (digits === undefined)
    throw refused('If-Match', 'must be * or one entity tag, as an ETag of this resource gives it');
  if (weak)
    throw new DomainError('wrong-revision', 'a weak entity tag matches nothing that could be changed');
  return Number(digits);
};

/** Whether an `If-None-Match` says that the client has this revision already. */
export const isKnown = (header: string | undefined, revision: number): boolean =>
  header !== undefined &&
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag(revision));
