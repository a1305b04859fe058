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
    for (const step of steps) this.demandPermission(exchange, step);
    for (const [id, those] of tried(steps, 'region')) await this.inRegion(id, those);
    for (const [id, those] of tried(steps, 'variables')) {
      for (const one of those) this.demandFitting(exchange, one);
      await this.decide(variables, id, those);
    }
    for (const [id, those] of tried(steps, 'cloud')) await this.decide(cloud, id, those);
    for (const [id, those] of tried(steps, 'project')) await this.decide(project, id, those);
  }

  private demandPermission({ caller }: Exchange, { resource, commands, obstacles }: ReversalStep): void {
    if (resource === null || commands.length === 0) return;
    const permission = `${resource}:write` as Permission;
    if (!may(caller.roles, permission))
      obstacles.push({ code: 'forbidden', message: `it needs the permission ${permission}` });
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

  private demandFitting(exchange: Exchange, { step, sent }: Tried<'variables'>): void {
    const { command, id, ownerKind, existedAt } = sent;
    refusing(step, () => demandWritableKeys(exchange.caller, keysOf(command)));
    refusing(step, () => this.owners.demandInService(exchange.view, { kind: ownerKind, id }));
    if (command.type !== 'SetVariables') return;
    // What is sealed was checked when it was set, and is not opened here.
    const secrets = new Set(command.secrets);
    const plain = Object.entries(command.values).filter(([key]) => !secrets.has(key));
    const checked = { values: Object.fromEntries(plain), secrets };
    const { view } = exchange;
    // What is not there yet inherits from whom it did.
    const then = () => (existedAt === undefined ? view : this.readStore.asOf(existedAt as Cursor));
    const chain = () => this.owners.find(exchange, then(), ownerKind, id).chain;
    refusing(step, () => this.schemas.demandFitting(view, chain, checked));
  }
}
