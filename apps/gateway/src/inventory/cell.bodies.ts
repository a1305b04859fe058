import { Identifier, Optional } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { CloudChange, NewCloud } from './cloud.bodies.js';
import { RegionBody, RegionQuery } from './region.bodies.js';

export class NewCell extends NewCloud {
  @Identifier()
  readonly region_id: string;

  /** Need not be given: it is the region's. */
  @Optional()
  @Identifier()
  readonly cloud_id?: string;
}

export class CellChange extends CloudChange {}

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
