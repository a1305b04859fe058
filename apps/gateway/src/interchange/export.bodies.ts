import { Flag, OneOf, Optional, Whole } from '../http/fields.js';
import { FleetQuery } from '../inventory/fleet.query.js';
import { formatNames, type FormatName } from './formats.js';

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
