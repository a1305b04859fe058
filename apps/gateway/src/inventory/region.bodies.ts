import type { Json } from '#libs/kernel/src/json.js';
import { Identifier, Name, Note, Optional, Variables } from '../http/fields.js';
import { CloudBody } from './cloud.bodies.js';
import { SortKeys } from '../http/query.js';
import { InheritingPageQuery } from './inheriting.query.js';

export class NewRegion {
  @Name()
  readonly name: string;

  @Identifier()
  readonly cloud_id: string;

  @Optional()
  @Note()
  readonly note?: string | null;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class RegionChange {
  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Note()
  readonly note?: string | null;
}

export class RegionQuery extends InheritingPageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Identifier()
  readonly cloud_id?: string;
}

export class RegionBody extends CloudBody {
  @Identifier()
  readonly cloud_id: string;
}
