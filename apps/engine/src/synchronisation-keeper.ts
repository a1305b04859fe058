import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Discovery } from '#libs/clouds/src/discovery.js';
import { synchronisation, type SynchronisationCommand } from '#libs/inventory/src/synchronisation.decider.js';
import type { SynchronisationOrder } from '#libs/inventory/src/synchronisation.events.js';
import { Synchronise, ToSynchronisation } from '#libs/inventory/src/synchronisation.handlers.js';
import { longestSynchronisationMs } from '#libs/inventory/src/synchroniser.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Actor } from '#libs/kernel/src/event.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { reasonOf } from './attempt.js';
import { EngineParts } from './engine-parts.js';

/** A region that may have to be looked after, on whose behalf. */
export interface KeptRegion {
  readonly region_id: string;
  readonly project_id: string;
  /** JSON of whoever set the schedule; null when there is none. */
  readonly scheduled_by: string | null;
}

const itself = { userId: 'craton', username: 'craton' };

/** Does for a region what its schedule demands; everything here may be repeated, and of several engines one does it. */
@Injectable()
export class SynchronisationKeeper {
  constructor(
    private readonly commands: CommandBus,
    private readonly discovery: Discovery,
    private readonly parts: EngineParts,
  ) {}

  async attend(region: KeptRegion): Promise<void> {
    const { state } = await this.parts.runner.read(synchronisation, region.region_id);
    const { running, setting, dueAt } = state;
    const at = this.now();
    if (running) {
      const reason = this.lossOf(running, at);
      if (reason !== undefined) await this.fail(region, running.syncId, reason);
    } else if (setting && dueAt !== null && at >= dueAt) {
      await this.synchronise(region, setting.order);
    }
  }

  /** Whether an earlier life of this engine began it and cannot go on. */
  isOrphan(engine: string | null): boolean {
    const { identity } = this.parts;
    return engine !== null && engine !== identity.id && identity.isOwn(engine);
  }

  private lossOf(
    { engine, deadline }: { readonly engine: string | null; readonly deadline: string },
    at: string,
  ): string | undefined {
    if (this.isOrphan(engine)) return 'the engine was ended while it was at it';
    return at >= deadline ? 'it did not end by its deadline' : undefined;
  }

  private async synchronise(region: KeptRegion, order: SynchronisationOrder): Promise<void> {
    const { region_id: regionId } = region;
    const task = { syncId: newId(), cause: 'schedule', engine: this.parts.identity.id, order } as const;
    const { order: _order, ...begin } = task;
    const at = this.now();
    const deadline = new Date(Date.parse(at) + longestSynchronisationMs).toISOString();
    const metadata = this.metadata(region);
    if (!(await this.begins(region, { type: 'StartSynchronisation', ...begin, at, deadline }))) return;
    try {
      const find = () => this.discovery.hosts(region.project_id, this.parts.stopping);
      await this.commands.execute(new Synchronise(regionId, { ...task, find }, metadata));
    } catch (error) {
      this.parts.logger.warn(`region ${regionId} is synchronised again later: ${reasonOf(error)}`);
      // What failed at the region has been recorded there and then; what did not get so far has not.
      await this.fail(region, task.syncId, error instanceof DomainError ? error.message : 'it failed');
    }
  }

  /** False when another engine was faster. */
  private async begins(region: KeptRegion, command: SynchronisationCommand): Promise<boolean> {
    try {
      await this.send(region, command);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'illegal-state') return false;
      throw error;
    }
  }

  private async fail(region: KeptRegion, syncId: string, reason: string): Promise<void> {
    await this.send(region, { type: 'FailSynchronisation', syncId, at: this.now(), reason });
  }

  private async send(region: KeptRegion, command: SynchronisationCommand): Promise<void> {
    await this.commands.execute(new ToSynchronisation(region.region_id, command, this.metadata(region)));
  }

  private now(): string {
    return this.parts.clock.now().toISOString();
  }

  private metadata({ region_id, project_id: projectId, scheduled_by }: KeptRegion): CommandMetadata {
    const actor = scheduled_by === null ? { ...itself, projectId } : (JSON.parse(scheduled_by) as Actor);
    return { actor, projectId, correlationId: newId(), causationId: region_id, commandId: newId() };
  }
}
