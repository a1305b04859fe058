import { Injectable } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { mayWriteKey } from '#libs/access/src/access.policy.js';
import { ToCloud, ToProject, ToRegion, ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { RegionCommand } from '#libs/inventory/src/region.decider.js';
import { subjectOf } from '#libs/inventory/src/region-put-back.policy.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import { HangingQueries } from '#projections/inventory/hanging.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import type { Caller } from '../http/exchange.js';

/** The keys of variables that a command would write. */
export const keysOf = (command: VariablesCommand): readonly string[] => {
  switch (command.type) {
    case 'SetVariables':
      return Object.keys(command.values);
    case 'BindVariables':
      return Object.keys(command.bindings);
    case 'AttachSchemas':
      return Object.keys(command.schemas);
    // No value is another by it.
    case 'ResealVariables':
      return [];
    case 'DetachSchemas':
    case 'RemoveVariables':
      return command.keys;
  }
};

const maxNamed = 10;

/** Throws `forbidden`, naming them, when there are keys among these that the caller is not to write. */
export const demandWritableKeys = (
  { variablePrefixes }: Pick<Caller, 'variablePrefixes'>,
  keys: readonly string[],
): void => {
  if (variablePrefixes === null) return;
  const refused = keys.filter((key) => !mayWriteKey(variablePrefixes, key));
  if (refused.length === 0) return;
  const message = 'is not among the variables that this user may write';
  throw new DomainError('forbidden', `${JSON.stringify(refused[0])} ${message}`, {
    violations: refused.slice(0, maxNamed).map((member) => ({ member, message })),
  });
};

/** What else there is, whoever replaces all of it need not know. */
const demandUnlimited = (): never => {
  const message = 'is not for a user who may write some variables only';
  throw new DomainError('forbidden', `replace ${message}`, { violations: [{ member: 'replace', message }] });
};

const goneFrom = (id: string, command: RegionCommand): readonly string[] => {
  if (command.type === 'PutBack') return command.steps.flatMap((step) => goneFrom(id, step.command));
  if (command.type === 'CloseRegion') return [id];
  return command.type !== 'ThinOut' && command.type.startsWith('Remove') ? [subjectOf(command)] : [];
};

/** What a command would take away, by identifier: variables go with their owner. */
const goneWith = (sent: Command<unknown>): readonly string[] => {
  if (sent instanceof ToRegion) return goneFrom(sent.id, sent.command);
  if (sent instanceof ToCloud) {
    if (sent.command.type === 'RemoveRegion') return [sent.command.regionId];
    return sent.command.type === 'CloseCloud' ? [sent.id] : [];
  }
  if (!(sent instanceof ToProject)) return [];
  if (sent.command.type === 'RemoveCloud') return [sent.command.cloudId];
  return sent.command.type === 'RemoveProject' ? [sent.id] : [];
};

/** What users who may write some variables only ask for. */
@Injectable()
export class VariableLimits {
  constructor(
    private readonly hanging: HangingQueries,
    private readonly variables: VariablesQueries,
  ) {}

  /** The same for all that a request is about to do: nothing of it happens when one key is refused. */
  demand(caller: Caller, view: ReadView, commands: readonly Command<unknown>[]): void {
    if (caller.variablePrefixes === null) return;
    for (const command of commands) {
      if (!(command instanceof ToVariables)) continue;
      if (command.command.type === 'SetVariables' && command.command.only) demandUnlimited();
      demandWritableKeys(caller, keysOf(command.command));
    }
    const gone = commands.flatMap(goneWith);
    if (gone.length === 0) return;
    demandWritableKeys(caller, this.variables.keysOf(view, this.hanging.withAllThatHangs(view, gone)));
  }
}
