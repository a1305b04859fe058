import { DomainError } from '#libs/kernel/src/errors.js';
import type { ExpectedRevision } from '#libs/platform/src/command-runner/command-metadata.js';

/** -1 is the revision of what nothing has happened to, such as the variables of an owner that never had any. */
export const etag = (revision: number): string => `"${revision}"`;

const refused = (member: string, message: string) =>
  new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });

/** Of RFC 9110: a list of entity tags may have empty elements. */
const element = /[\t ]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*)?(?:,|$)/y;

interface Tag {
  readonly isWeak: boolean;
  readonly text: string;
}

/** Undefined for what is no list of entity tags, or one of none. */
const tagsOf = (header: string): readonly Tag[] | undefined => {
  const tags: Tag[] = [];
  element.lastIndex = 0;
  while (element.lastIndex < header.length) {
    const [, weak, text] = element.exec(header) ?? [undefined];
    // What does not fit sets it back to the beginning.
    if (element.lastIndex === 0) return undefined;
    if (text !== undefined) tags.push({ isWeak: weak !== undefined, text });
  }
  return tags.length > 0 ? tags : undefined;
};

const isRevision = ({ isWeak, text }: Tag): boolean => !isWeak && /^(?:-1|0|[1-9]\d{0,14})$/.test(text);

/**
 * What an `If-Match` demands; undefined when it is absent or satisfied by anything. Throws `wrong-revision` when nothing can match it:
 * weak tags never do, and neither do tags that are not ours.
 */
export const expectedRevision = (header: string | undefined): ExpectedRevision | undefined => {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = tagsOf(header);
  if (!tags) throw refused('If-Match', 'must be * or entity tags, as an ETag of this resource gives them');
  const revisions = [...new Set(tags.filter(isRevision).map(({ text }) => Number(text)))];
  const [first, ...more] = revisions;
  if (first === undefined)
    throw new DomainError('wrong-revision', 'weak entity tags and those of others match nothing here');
  return more.length > 0 ? revisions : first;
};

/** Whether an `If-None-Match` says that the client has this revision already. */
export const isKnown = (header: string | undefined, revision: number): boolean =>
  header !== undefined &&
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag(revision));
