import { Identifier, Optional } from '../http/fields.js';
import { SortKeys } from '../http/query.js';
import { CloudBody, CloudChange, CloudQuery, NewCloud } from './cloud.bodies.js';

export class NewRegion extends NewCloud {
  @Identifier()
  readonly cloud_id: string;
}

export class RegionChange extends CloudChange {}

export class RegionQuery extends CloudQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly cloud_id?: string;
}

export class RegionBody extends CloudBody {
  @Identifier()
  readonly cloud_id: string;
}
