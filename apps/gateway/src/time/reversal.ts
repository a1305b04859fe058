import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { KeptValues } from '#libs/inventory/src/revert-variables.policy.js';
import type { UndoingCommand } from '#libs/inventory/src/revert-commands.policy.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import type { ErrorCode } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Change } from './members.js';
import type { Present } from './present.js';
import type { FoundEvent } from './reverted-events.js';

/** What is in the way of taking a change back. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly message: string;
  /** The cursor at which it was changed again. */
  readonly later?: string | undefined;
}

export const refusal = (message: string): Obstacle => ({ code: 'illegal-state', message });

/** What is looked at while events are taken back one after the other. */
export interface Work {
  readonly view: ReadView;
  /** What is left of things by the events that are taken back already. */
  readonly present: Present;
  /** What each event changed, by cursor. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Who comes back, each with a cursor at which it was there. */
  readonly returning: Map<string, string | undefined>;
}

/** What takes back what an event did to variables, or to schemas of them, in their owner's stream. */
export interface VariablesUndoing {
  readonly to: 'variables';
  readonly id: string;
  readonly ownerKind: OwnerKind;
  readonly command: VariablesCommand;
  /** A cursor at which the owner was there, where it comes back. */
  readonly existedAt?: string | undefined;
  /** All schemas that the owner has after it, where it is about these. */
  readonly schemas?: KeptValues;
}

/** One event that is taken back. */
export interface ReversalStep {
  readonly found: FoundEvent;
  readonly name: string | null;
  /** What the event did. */
  readonly change: Change | undefined;
  /** What it needs to be allowed: `hosts` for `hosts:write`. */
  readonly resource: string | null;
  readonly commands: readonly (UndoingCommand | VariablesUndoing)[];
  readonly obstacles: Obstacle[];
  /** Variables and schemas that go with their owner: there is nothing to be sent. */
  readonly along?: boolean;
}

export const nothingToDo = ({ commands, obstacles, along }: ReversalStep): boolean =>
  commands.length === 0 && obstacles.length === 0 && along !== true;
