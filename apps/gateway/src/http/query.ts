import { DomainError } from '#libs/kernel/src/errors.js';
import type { Sort } from '#libs/platform/src/read-store/page.js';
import { check, Flag, OneOf, Optional, Whole } from './fields.js';
import { Name } from './fields.js';

/** What every GET takes. Query classes of single things extend it. */
export class AsOfQuery {
  /** A past cursor or time; checked where the view is made. */
  @Optional()
  @Name()
  readonly as_of?: string;
}

const markerPattern = /^([0-9a-f-]{36}|~[\w-]{1,4095})$/;

/** Where a page begins. */
const Marker = (): PropertyDecorator =>
  check(
    'marker',
    (value) => typeof value === 'string' && markerPattern.test(value),
    'must be the marker of a link, or the id of the last thing on the page before',
    { type: 'string', pattern: markerPattern.source },
  );

/** The order of identifiers, in which things were made; it also decides between those that are otherwise alike. */
const byCreation = ['id', 'created_at'] as const;
const between = /[\s,]+/;

/**
 * What a list may be sorted by, besides the order in which things were made: members of its bodies. A class of queries that extends
 * one which says this says it again, since of what a class inherits class-validator takes everything.
 */
export const SortKeys = (...members: readonly string[]): PropertyDecorator => {
  const words = [...byCreation, ...members];
  const pattern = `^(${words.join('|')})([\\s,]+(${byCreation.join('|')}))*$`;
  const fits = new RegExp(pattern);
  return check(
    'sortKeys',
    (value) => typeof value === 'string' && value.length <= 255 && fits.test(value),
    `must be one of ${words.join(', ')}; what is alike in it comes in the order of id`,
    {
      type: 'string',
      pattern,
      maxLength: 255,
      description: `One of ${words.join(', ')}. What is alike in it comes in the order of id`,
      examples: [words.at(-1)],
    },
  );
};

/** Members of the things in a list. */
export const Fields = (): PropertyDecorator =>
  check(
    'members',
    (value) => typeof value === 'string' && /^\w+(,\w+)*$/.test(value) && value.length <= 1024,
    'must be names of members with commas between them',
    {
      type: 'string',
      pattern: String.raw`^\w+(,\w+)*$`,
      maxLength: 1024,
      description: 'Only these members of each thing, such as `id,name`',
      examples: ['id'],
    },
  );

/** What every list takes. Query classes of lists extend it with their filters. */
export class PageQuery extends AsOfQuery {
  @Whole(1, 1000)
  readonly limit: number = 30;

  @Optional()
  @Marker()
  readonly marker?: string;

  @Optional()
  @SortKeys()
  readonly sort_keys?: string;

  @OneOf(['asc', 'desc'])
  readonly sort_dir: 'asc' | 'desc' = 'asc';

  @Optional()
  @Fields()
  readonly fields?: string;

  /** In the words of the tables, which are those of the bodies. */
  get sort(): Sort | undefined {
    const [member = 'id'] = this.sort_keys?.split(between) ?? [];
    const descending = this.sort_dir === 'desc';
    const column = (byCreation as readonly string[]).includes(member) ? 'id' : member;
    return column === 'id' && !descending ? undefined : { column, descending };
  }
}

/** A list whose things may be shown with their variables. */
export class DetailedPageQuery extends PageQuery {
  @Optional()
  @Flag()
  readonly details?: boolean;
}

/** For routes that declare no query class. */
export const demandKnownQuery = (query: unknown, mayAskForThePast: boolean): void => {
  for (const member in query as object) {
    if (member === 'as_of' && mayAskForThePast) continue;
    throw new DomainError('validation-failed', 'the request does not fit its schema', {
      violations: [{ member, message: 'is not known here' }],
    });
  }
};
