import type { UndoingCommand } from '#libs/inventory/src/revert-commands.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReversalStep, VariablesUndoing } from './reversal.js';

type Sent = UndoingCommand | VariablesUndoing;
type To<T extends Sent['to']> = Extract<Sent, { to: T }>;

/** A command with the step that it belongs to. */
export interface Tried<T extends Sent['to']> {
  readonly step: ReversalStep;
  readonly sent: To<T>;
}

/** What is in the way is said with the step. */
export const refusing = (step: ReversalStep, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    step.obstacles.push({ code: error.code, message: error.message });
  }
};

/** The commands to one kind of stream, in their order. */
export const tried = <T extends Sent['to']>(steps: readonly ReversalStep[], to: T): readonly Tried<T>[] =>
  steps.flatMap((step) =>
    step.commands.filter((sent) => sent.to === to).map((sent) => ({ step, sent: sent as To<T> })),
  );

/** The same by stream. */
export const triedIn = <T extends Sent['to']>(
  steps: readonly ReversalStep[],
  to: T,
): ReadonlyMap<string, readonly Tried<T>[]> => Map.groupBy(tried(steps, to), ({ sent }) => sent.id);
