import { DomainError } from '#libs/kernel/src/errors.js';
import { Flag, Optional, Whole } from './fields.js';
import { Name } from './fields.js';

/** What every GET takes. Query classes of single things extend it. */
export class AsOfQuery {
  /** A past cursor or time; checked where the view is made. */
  @Optional()
  @Name()
  readonly as_of?: string;
}

/** What every list takes. Query classes of lists extend it with their filters. */
export class PageQuery extends AsOfQuery {
  @Whole(1, 1000)
  readonly limit: number = 30;

  /** Identifier of the last thing on the page before. */
  @Optional()
  @Name(36)
  readonly marker?: string;
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
