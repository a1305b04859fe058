import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/src/clock.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { Trial } from '#libs/workflows/src/run.decider.js';
import type { StepContext, StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { attempt, type Outcome, type Patience, reasonOf, reconciled } from './attempt.js';
import { EngineSettings } from './engine.settings.js';
import { Origins } from './origins.js';
import { StepPlugins } from './plugins/step-plugins.js';
import { keyOf } from './run-recorder.js';

/** Calls plugins: in their time, with what they may know. */
@Injectable()
export class RunPerformer {
  constructor(
    private readonly plugins: StepPlugins,
    private readonly origins: Origins,
    private readonly clock: Clock,
    private readonly settings: EngineSettings,
  ) {}

  /** Never rejects. `ended`: the plugin has come back, however late. */
  perform(runId: string, trial: Trial, stopping: AbortSignal) {
    const deadline = new Date(trial.started.deadline);
    return attempt(
      async (signal): Promise<Json> => {
        const plugin = this.pluginOf(trial);
        return plugin.perform(trial.started.input, await this.context(runId, trial, signal));
      },
      deadline,
      this.patience(stopping),
    );
  }

  /** What became of an attempt that somebody else left. Undefined: it cannot be told, since this engine stops. */
  async reconcile(runId: string, trial: Trial, stopping: AbortSignal): Promise<Outcome | undefined> {
    const lost = { type: 'failure', kind: 'lost' } as const;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(this.settings.reconcileMs)]);
    try {
      const plugin = this.pluginOf(trial);
      return await reconciled(plugin, trial.started.input, await this.context(runId, trial, signal));
    } catch (error) {
      if (stopping.aborted) return undefined;
      return { ...lost, reason: `outcome lost, and it could not be found out: ${reasonOf(error)}` };
    }
  }

  private pluginOf({ started: { plugin, input } }: Trial): StepPlugin {
    return this.plugins.fitting(plugin, input);
  }

  private patience(stopping: AbortSignal): Patience {
    return { stopping, settleMs: this.settings.settleMs, now: () => this.clock.now().getTime() };
  }

  private async context(runId: string, trial: Trial, signal: AbortSignal): Promise<StepContext> {
    const { actor, projectId, correlationId } = await this.origins.of(`run-${runId}`);
    return {
      key: keyOf(runId, trial),
      attempt: trial.attempt,
      runId,
      projectId,
      actor,
      correlationId,
      startedAt: new Date(trial.firstAt),
      signal,
      deadline: new Date(trial.started.deadline),
    };
  }
}
