import { Flag } from '../http/fields.js';
import { Labels } from './inventory.fields.js';

export class LabelsBody {
  @Labels()
  readonly labels: readonly string[];
}

export class LabelsQuery {
  /** These instead of those it has; otherwise these as well. */
  @Flag()
  readonly replace: boolean = false;
}
