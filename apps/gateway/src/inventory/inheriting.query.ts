import { Flag, Optional } from '../http/fields.js';
import { Vars } from './vars.field.js';
import { AsOfQuery, DetailedPageQuery } from '../http/query.js';

/** For one thing that inherits variables. */
export class InheritingQuery extends AsOfQuery {
  /** Also what is inherited, as by default; otherwise only the thing's own. */
  @Optional()
  @Flag()
  readonly 'resolved-values'?: boolean;
}

/** For lists of things that inherit variables. */
export class InheritingPageQuery extends DetailedPageQuery {
  @Optional()
  @Vars()
  readonly vars?: string;

  /** For `vars` and `details`: also what is inherited, as by default; otherwise only each thing's own. */
  @Optional()
  @Flag()
  readonly 'resolved-values'?: boolean;
}
