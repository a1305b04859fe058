import type { Json } from '#libs/kernel/src/json.js';
import { RecordBody } from '../http/bodies.js';
import { Identifier, Name, Note, Optional, Variables } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { InheritingPageQuery } from './inheriting.query.js';
import { Virtuals, type VirtualsShown } from './virtual.field.js';

export class NewCloud {
  @Name()
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
  @Name()
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

export class CloudBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Name()
  readonly name: string;

  @Note()
  readonly note: string | null;

  /** Those in effect, or the cloud's own. Left out of lists unless `details=true`, and of the answer to a change. */
  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;

  @Virtuals()
  readonly virtual_variables?: VirtualsShown;
}
