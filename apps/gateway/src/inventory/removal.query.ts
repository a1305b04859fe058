import { Flag } from '../http/fields.js';

export class RemovalQuery {
  /** Also everything that hangs on it, itself last; otherwise that is a refusal. */
  @Flag()
  readonly cascade: boolean = false;
}
