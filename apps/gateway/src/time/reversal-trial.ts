import { Injectable } from '@nestjs/common';
import { may, type Permission } from '#libs/access/src/access.policy.js';
import { cloud } from '#libs/inventory/src/cloud.decider.js';
import { project } from '#libs/inventory/src/project.decider.js';
import { region } from '#libs/inventory/src/region.decider.js';
import { tryPuttingBack } from '#libs/inventory/src/region-put-back.policy.js';
import { variables } from '#libs/inventory/src/variables.decider.js';
import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Event } from '#libs/kernel/src/event.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import type { Exchange } from '../http/exchange.js';
import { FittingTrial } from './fitting-trial.js';
import type { ReversalStep } from './reversal.js';
import { refusing, type Tried, tried, triedIn } from './tried.js';

/** Tries out what takes events back: on copies of what the streams hold, so that nothing happens. */
@Injectable()
export class ReversalTrial {
  constructor(
    private readonly runner: CommandRunner,
    private readonly fitting: FittingTrial,
  ) {}

  /** Adds to each step what is in its way. */
  async run(exchange: Exchange, steps: readonly ReversalStep[]): Promise<void> {
    for (const step of steps) this.demandPermissions(exchange, step);
    for (const [id, those] of triedIn(steps, 'region')) await this.inRegion(id, those);
    this.fitting.run(exchange, tried(steps, 'variables'));
    for (const [id, those] of triedIn(steps, 'variables')) await this.decide(variables, id, those);
    for (const [id, those] of triedIn(steps, 'cloud')) await this.decide(cloud, id, those);
    for (const [id, those] of triedIn(steps, 'project')) await this.decide(project, id, those);
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
}
