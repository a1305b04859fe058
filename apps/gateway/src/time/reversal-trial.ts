import { Injectable } from '@nestjs/common';
import { may, type Permission } from '#libs/access/src/access.policy.js';
import { cloud } from '#libs/inventory/src/cloud.decider.js';
import { project } from '#libs/inventory/src/project.decider.js';
import { region } from '#libs/inventory/src/region.decider.js';
import { tryPuttingBack } from '#libs/inventory/src/region-put-back.policy.js';
import { variables } from '#libs/inventory/src/variables.decider.js';
import type { UndoingCommand } from '#libs/inventory/src/revert-commands.policy.js';
import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { Cursor, Event } from '#libs/kernel/src/event.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { demandWritableKeys, keysOf } from '../access/variable-limits.js';
import type { Exchange } from '../http/exchange.js';
import { Owners } from '../inventory/owners.js';
import { VariableSchemas } from '../inventory/variable-schemas.js';
import type { ReversalStep, VariablesUndoing } from './reversal.js';

type Sent = UndoingCommand | VariablesUndoing;
type To<T extends Sent['to']> = Extract<Sent, { to: T }>;

/** A command with the step that it belongs to. */
interface Tried<T extends Sent['to']> {
  readonly step: ReversalStep;
  readonly sent: To<T>;
}

const refusing = (step: ReversalStep, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    step.obstacles.push({ code: error.code, message: error.message });
  }
};

const tried = <T extends Sent['to']>(
  steps: readonly ReversalStep[],
  to: T,
): ReadonlyMap<string, Tried<T>[]> =>
  Map.groupBy(
    steps.flatMap((step) =>
      step.commands.filter((sent) => sent.to === to).map((sent) => ({ step, sent: sent as To<T> })),
    ),
    ({ sent }) => sent.id,
  );

type SchemasOf = NonNullable<Parameters<VariableSchemas['demandFitting']>[3]>;

const isOfSchemas = (sent: VariablesUndoing): boolean => sent.schemas !== undefined;

/**
 * Of the owners whose schemas are put back, those that they have then. Those of who comes back judge nothing: what comes back with them
 * stood beside them, and nobody could detach them first.
 */
const schemasLeftBy = (those: readonly Tried<'variables'>[]): SchemasOf =>
  new Map(
    those.flatMap(({ sent: { id, schemas, existedAt } }) => {
      if (!schemas) return [];
      const kept = existedAt === undefined ? [...schemas] : [];
      return [[id, kept.map(([key, { text }]) => ({ owner_id: id, key, schema: text }))]];
    }),
  );

/** Tries out what takes events back: on copies of what the streams hold, so that nothing happens. */
@Injectable()
export class ReversalTrial {
  constructor(
    private readonly runner: CommandRunner,
    private readonly owners: Owners,
    private readonly schemas: VariableSchemas,
    private readonly readStore: ReadStore,
  ) {}

  /** Adds to each step what is in its way. */
  async run(exchange: Exchange, steps: readonly ReversalStep[]): Promise<void> {
    for (const step of steps) this.demandPermissions(exchange, step);
    for (const [id, those] of tried(steps, 'region')) await this.inRegion(id, those);
    const ofOwners = tried(steps, 'variables');
    this.demandFitting(exchange, [...ofOwners.values()].flat());
    for (const [id, those] of ofOwners) await this.decide(variables, id, those);
    for (const [id, those] of tried(steps, 'cloud')) await this.decide(cloud, id, those);
    for (const [id, those] of tried(steps, 'project')) await this.decide(project, id, those);
  }

  private demandPermissions({ caller }: Exchange, { resource, commands, obstacles }: ReversalStep): void {
    if (resource === null || commands.length === 0) return;
    const resources = new Set([
      resource,
      ...commands.flatMap((sent) => ('schemas' in sent ? ['schemas'] : [])),
    ]);
    for (const one of resources) {
      const permission = `${one}:write` as Permission;
      if (!may(caller.roles, permission))
        obstacles.push({ code: 'forbidden', message: `it needs the permission ${permission}` });
    }
  }

  private async inRegion(id: string, those: readonly Tried<'region'>[]): Promise<void> {
    const { state } = await this.runner.read(region, id);
    const outcomes = tryPuttingBack(
      those.map(({ sent }) => sent.step),
      state,
    );
    for (const [index, { step }] of those.entries()) {
      const outcome = outcomes[index];
      if (outcome instanceof DomainError)
        step.obstacles.push({ code: outcome.code, message: outcome.message });
    }
  }

  private async decide<S, C, E extends Event>(
    decider: Decider<S, C, E>,
    id: string,
    those: readonly { readonly step: ReversalStep; readonly sent: { readonly command: C } }[],
  ): Promise<void> {
    const { state } = await this.runner.read(decider, id);
    let copy = structuredClone(state);
    for (const { step, sent } of those)
      refusing(step, () => {
        for (const event of decider.decide(sent.command, copy)) copy = decider.evolve(copy, event);
      });
  }

  /** Values are held to the schemas as they are when all is put back; those that do not stay are not. */
  private demandFitting(exchange: Exchange, those: readonly Tried<'variables'>[]): void {
    const schemas = schemasLeftBy(those);
    const settled = new Set<string>();
    for (const { step, sent } of those.toReversed()) {
      const { command, id, ownerKind } = sent;
      refusing(step, () => demandWritableKeys(exchange.caller, keysOf(command)));
      refusing(step, () => this.owners.demandInService(exchange.view, { kind: ownerKind, id }));
      const keys = isOfSchemas(sent) ? [] : keysOf(command).filter((key) => !settled.has(`${id} ${key}`));
      for (const key of keys) settled.add(`${id} ${key}`);
      refusing(step, () => this.demandFittingIn(exchange, sent, { keys, schemas }));
    }
  }

  private demandFittingIn(
    exchange: Exchange,
    { command, id, ownerKind, existedAt }: VariablesUndoing,
    { keys, schemas }: { readonly keys: readonly string[]; readonly schemas: SchemasOf },
  ): void {
    if (command.type !== 'SetVariables') return;
    // What is sealed was checked when it was set, and is not opened here.
    const secrets = new Set(command.secrets);
    const plain = keys.filter((key) => !secrets.has(key));
    const values = Object.fromEntries(plain.map((key) => [key, command.values[key] as Json]));
    const { view } = exchange;
    // What is not there yet inherits from whom it did.
    const then = () => (existedAt === undefined ? view : this.readStore.asOf(existedAt as Cursor));
    const chain = () => this.owners.find(exchange, then(), ownerKind, id).chain;
    this.schemas.demandFitting(view, chain, { values, secrets }, schemas);
  }
}
