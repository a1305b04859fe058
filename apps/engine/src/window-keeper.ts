import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import { window, type KnownWindow, type WindowCommand } from '#libs/maintenance/src/window.decider.js';
import { ToWindow } from '#libs/maintenance/src/window.handlers.js';
import type { MaintenanceOutcome } from '#libs/maintenance/src/window.events.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { run, type Run } from '#libs/workflows/src/run.decider.js';
import { EngineParts } from './engine-parts.js';

export interface Claim {
  readonly device_id: string;
  readonly region_id: string;
  readonly window_id: string;
  readonly project_id: string;
}

const itself = { userId: 'craton', username: 'craton' };

const outcomeOf = (state: Run): MaintenanceOutcome | undefined => {
  switch (state.status) {
    case 'running':
    case 'turning-back':
      return undefined;
    case 'succeeded':
      return 'done';
    case 'held':
      return 'held';
    case 'none':
    case 'failed':
    case 'cancelled':
    case 'expired':
      return 'restored';
  }
};

const detailOf = (state: Run): string | null =>
  state.status === 'none' ? 'there is no such run' : state.endReason;

/**
 * Does for a window what its time and its run demand; everything here may be repeated. The order over the two streams: the
 * host is claimed in its region, the window opens, the window is over, the host is released.
 */
@Injectable()
export class WindowKeeper {
  constructor(
    private readonly commands: CommandBus,
    private readonly parts: EngineParts,
  ) {}

  async attend(windowId: string): Promise<void> {
    const { state } = await this.parts.runner.read(window, windowId);
    switch (state.status) {
      case 'none':
        return;
      case 'scheduled':
        return this.openWhenDue(windowId, state);
      case 'open':
      case 'overrun':
        return this.endWhenDue(windowId, state);
      case 'closed':
      case 'cancelled':
        return this.release(windowId, state);
    }
  }

  async windowOf(runId: string): Promise<string | undefined> {
    const { state } = await this.parts.runner.read(run, runId);
    return state.status === 'none' ? undefined : (state.started.windowId ?? undefined);
  }

  /** Releases a claim whose window is over, or was never written. */
  async releaseOrphan(claim: Claim): Promise<void> {
    const { state } = await this.parts.runner.read(window, claim.window_id);
    if (state.status !== 'none' && state.status !== 'closed' && state.status !== 'cancelled') return;
    const { device_id: deviceId, window_id: windowId, project_id: projectId } = claim;
    const metadata = {
      actor: { ...itself, projectId },
      projectId,
      correlationId: newId(),
      causationId: windowId,
      commandId: newId(),
    };
    await this.commands.execute(
      new ToRegion(claim.region_id, { type: 'ReleaseDevice', deviceId, windowId }, metadata),
    );
  }

  private now(): string {
    return this.parts.clock.now().toISOString();
  }

  private metadata(windowId: string): Promise<CommandMetadata> {
    return this.parts.origins.metadata(`window-${windowId}`);
  }

  private async send(windowId: string, command: WindowCommand): Promise<void> {
    await this.commands.execute(new ToWindow(windowId, command, await this.metadata(windowId)));
  }

  private async openWhenDue(windowId: string, { startsAt, endsAt, host }: KnownWindow): Promise<void> {
    const at = this.now();
    if (Date.parse(at) >= Date.parse(endsAt)) return this.send(windowId, { type: 'ReachEnd', at });
    if (Date.parse(at) < Date.parse(startsAt)) return;
    const refusal = await this.claim(windowId, host);
    if (refusal !== undefined) return this.send(windowId, { type: 'RefuseWindow', at, detail: refusal });
    try {
      await this.send(windowId, { type: 'OpenWindow', at });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.release(windowId, { host });
    }
  }

  /** Why the host cannot be claimed; undefined when it is. */
  private async claim(
    windowId: string,
    { hostId, regionId }: KnownWindow['host'],
  ): Promise<string | undefined> {
    const command = { type: 'ClaimDevice', deviceId: hostId, windowId } as const;
    try {
      await this.commands.execute(new ToRegion(regionId, command, await this.metadata(windowId)));
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error.message;
      throw error;
    }
  }

  private async release(windowId: string, { host }: Pick<KnownWindow, 'host'>): Promise<void> {
    const command = { type: 'ReleaseDevice', deviceId: host.hostId, windowId } as const;
    await this.commands.execute(new ToRegion(host.regionId, command, await this.metadata(windowId)));
  }

  private async endWhenDue(windowId: string, { status, runId, endsAt }: KnownWindow): Promise<void> {
    if (runId !== null) await this.endWork(windowId, runId);
    const at = this.now();
    if (status === 'open' && Date.parse(at) >= Date.parse(endsAt))
      await this.send(windowId, { type: 'ReachEnd', at });
  }

  /** A run that is over without having said so to its window, because it was held or something came between. */
  private async endWork(windowId: string, runId: string): Promise<void> {
    const { state } = await this.parts.runner.read(run, runId);
    const outcome = outcomeOf(state);
    if (outcome === undefined) return;
    await this.send(windowId, { type: 'EndWork', runId, outcome, detail: detailOf(state), at: this.now() });
  }
}

const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError && (error.code === 'illegal-state' || error.code === 'not-found');
