import { Flag, Optional } from '../http/fields.js';
import { Vars } from './vars.field.js';
import { AsOfQuery, DetailedPageQuery } from '../http/query.js';
import type { Link } from './owners.js';

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

/** Whose variables a query asks for: those of the whole chain, or only of its near end. */
export const askedOf = (
  chain: readonly Link[],
  { 'resolved-values': resolved }: { readonly 'resolved-values'?: boolean },
): readonly Link[] => (resolved === false ? chain.slice(0, 1) : chain);
