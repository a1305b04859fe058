import { Identifier, Optional } from '../http/fields.js';
import { AsOfQuery } from '../http/query.js';

/** Which part of the fleet: all of it that the caller sees, unless one of these says less. */
export class FleetQuery extends AsOfQuery {
  @Optional()
  @Identifier()
  readonly cloud_id?: string;

  @Optional()
  @Identifier()
  readonly region_id?: string;

  @Optional()
  @Identifier()
  readonly cell_id?: string;

  /** A device and everything under it. */
  @Optional()
  @Identifier()
  readonly device_id?: string;
}
