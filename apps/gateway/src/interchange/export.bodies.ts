import { Flag, Identifier, OneOf, Optional, Whole } from '../http/fields.js';
import { AsOfQuery } from '../http/query.js';
import { formatNames, type FormatName } from './formats.js';

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

export class ExportQuery extends FleetQuery {
  @OneOf(formatNames)
  readonly format: FormatName = 'ndjson';

  /** Also what is inherited; by default each thing's own variables, so that what is read back is the same fleet. */
  @Flag()
  readonly 'resolved-values': boolean = false;
}

export class TargetsQuery extends FleetQuery {
  /** Without it a target is an address alone, to be completed by relabelling. */
  @Optional()
  @Whole(1, 65_535)
  readonly port?: number;
}
