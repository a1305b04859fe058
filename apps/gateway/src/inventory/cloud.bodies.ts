import type { Json } from '#libs/kernel/src/json.js';
import { Identifier, Name, NewName, Note, Optional, Variables } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { InheritingPageQuery } from './inheriting.query.js';
import { OwnerBody } from './owner.bodies.js';

export class NewCloud {
  @NewName()
  readonly name: string;

  @Optional()
  @Note()
  readonly note?: string | null;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class CloudChange {
  @Optional()
  @NewName()
  readonly name?: string;

  @Optional()
  @Note()
  readonly note?: string | null;
}

export class CloudQuery extends InheritingPageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;
}

export class CloudBody extends OwnerBody {
  @Note()
  readonly note: string | null;
}
