import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { UnfinishedRun } from '#projections/runs/runs.queries.js';
import { EngineParts } from './engine-parts.js';
import { RunReactor } from './run.reactor.js';
import { type Claim, WindowKeeper } from './window-keeper.js';
import { WindowReactor } from './window.reactor.js';

/** What the watchdog does about what it finds. */
@Injectable()
export class WatchdogRounds {
  constructor(
    private readonly runs: RunReactor,
    private readonly windows: WindowReactor,
    private readonly keeper: WindowKeeper,
    private readonly parts: EngineParts,
  ) {}

  /** Runs past their deadline expire; silent ones are looked at, those from before the start among them. */
  async attend(run: UnfinishedRun, now: number): Promise<void> {
    if (run.status === 'running' && Date.parse(run.deadline) <= now) await this.expire(run.id, now);
    if (now - this.runs.lastLook(run.id) >= this.parts.settings.silentMs) this.runs.look(run.id);
  }

  look(windowId: string): void {
    this.windows.look(windowId);
  }

  release(claim: Claim): Promise<void> {
    return this.keeper.releaseOrphan(claim);
  }

  private async expire(runId: string, now: number): Promise<void> {
    try {
      await this.parts.recorder.send(runId, { type: 'ExpireRun', at: new Date(now).toISOString() });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'illegal-state') throw error;
    }
  }
}
