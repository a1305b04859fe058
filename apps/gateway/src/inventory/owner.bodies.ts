import type { Json } from '#libs/kernel/src/json.js';
import { RecordBody } from '../http/bodies.js';
import { Identifier, Name, Optional, Variables } from '../http/fields.js';
import { Virtuals, type VirtualsShown } from './virtual.field.js';

/** What has variables and a place under a project. */
export class OwnerBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Name()
  readonly name: string;

  /** Those in effect, or its own. Left out of lists unless `details=true`, and of the answer to a change. */
  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;

  @Virtuals()
  readonly virtual_variables?: VirtualsShown;
}
