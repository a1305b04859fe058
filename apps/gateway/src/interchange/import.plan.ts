import type { CloudCommand } from '#libs/inventory/src/cloud.decider.js';
import type { Difference, ImportedKind, ImportedThing } from '#libs/inventory/src/import.policy.js';
import type { ProjectCommand } from '#libs/inventory/src/project.decider.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import type { Source } from '#libs/interchange/src/fleet-record.js';
import type { DomainError } from '#libs/kernel/src/errors.js';
import type { Kept } from './import.spool.js';

export type Order =
  | { readonly to: 'project'; readonly id: string; readonly command: ProjectCommand }
  | { readonly to: 'cloud'; readonly id: string; readonly command: CloudCommand }
  | { readonly to: 'region'; readonly id: string; readonly command: RegionCommand };

/** Variables that something is to have; of what something known has already, only those under these keys. */
export interface Setting {
  readonly kept: Kept;
  readonly only?: readonly string[];
  /** Keys whose values are sealed, beside those that are to be secret in the whole import. */
  readonly secrets?: readonly string[];
}

export type Result = 'created' | 'changed' | 'unchanged' | 'retired' | 'refused';

/** What becomes of one thing. */
export interface Entry {
  readonly kind: ImportedKind;
  readonly name: string;
  readonly place: ImportedThing['place'];
  /** Of the row; what an import makes on the way has that of the row that needs it. */
  readonly source: Source;
  readonly id: string | undefined;
  /** None any more once they are done. */
  orders: readonly Order[];
  result: Result;
  changes: readonly Difference[];
  /** Null: it is there without a mark, and is not taken over. */
  readonly managedBy?: null;
  setting?: Setting | undefined;
  problem?: DomainError;
}
