import type { Json } from '#libs/kernel/src/json.js';
import { Identifier, Name, Note, Optional, Variables } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { RegionBody, RegionQuery } from './region.bodies.js';

export class NewCell {
  @Name()
  readonly name: string;

  @Identifier()
  readonly region_id: string;

  /** Need not be given: it is the region's. */
  @Optional()
  @Identifier()
  readonly cloud_id?: string;

  @Optional()
  @Note()
  readonly note?: string | null;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class CellChange {
  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Note()
  readonly note?: string | null;
}

export class CellQuery extends RegionQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly region_id?: string;
}

export class CellBody extends RegionBody {
  @Identifier()
  readonly region_id: string;
}
