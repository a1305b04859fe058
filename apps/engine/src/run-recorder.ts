import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v5 } from 'uuid';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Event } from '#libs/kernel/src/event.js';
import { newId } from '#libs/platform/src/identifiers.js';
import type { RunCommand } from '#libs/workflows/src/run.decider.js';
import type { Work } from '#libs/workflows/src/run.events.js';
import { ToRun } from '#libs/workflows/src/workflows.handlers.js';
import { type Outcome, reasonOf } from './attempt.js';
import { EngineSettings } from './engine.settings.js';
import { Origins } from './origins.js';

const namespace = '0b7a4a0e-95b8-5f0c-8f0a-6a4b7a3c2d11';

/** The same for every attempt of one piece of work. */
export const keyOf = (runId: string, { step, item, phase }: Work): string =>
  `${runId}/${step}/${item ?? '-'}/${phase}`;

export interface Result {
  readonly work: Work;
  readonly outcome: Outcome;
  readonly at: Date;
}

const isPassing = (error: unknown) =>
  error instanceof DomainError && (error.code === 'unavailable' || error.code === 'wrong-revision');

/** Writes what the engine begins and what came of it into the run's stream. */
@Injectable()
export class RunRecorder {
  private readonly logger = new Logger(RunRecorder.name);

  constructor(
    private readonly commands: CommandBus,
    private readonly origins: Origins,
    private readonly settings: EngineSettings,
  ) {}

  /** Rejects with `DomainError`. */
  async send(runId: string, command: RunCommand, commandId: string = newId()): Promise<readonly Event[]> {
    const metadata = await this.origins.metadata(`run-${runId}`, commandId);
    const { events } = await this.commands.execute(new ToRun(runId, command, metadata));
    return events;
  }

  /** Does not give up before the log has taken the outcome, or `givingUp` is aborted. Never rejects. */
  async record(runId: string, { work, outcome, at }: Result, givingUp: AbortSignal): Promise<void> {
    let told = outcome;
    let pauseMs = this.settings.firstRetryMs;
    while (!givingUp.aborted) {
      const error = await this.tryToRecord(runId, { work, outcome: told, at });
      if (error === undefined) return;
      this.logger.warn(`run ${runId}: an outcome is not recorded yet: ${reasonOf(error)}`);
      if (!isPassing(error)) {
        // What cannot be recorded as it is, is recorded as that; what cannot even be recorded as that is a defect.
        if (told !== outcome) return;
        told = unrecordable(error);
      } else await sleep(pauseMs, undefined, { signal: givingUp }).catch(() => undefined);
      pauseMs = Math.min(this.settings.longestRetryMs, pauseMs * 2);
    }
  }

  private async tryToRecord(runId: string, result: Result): Promise<unknown> {
    const { work, outcome } = result;
    try {
      const commandId = v5(`${keyOf(runId, work)}/${work.attempt}/${outcome.type}`, namespace);
      await this.send(runId, commandFor(result), commandId);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

const unrecordable = (error: unknown): Outcome => ({
  type: 'failure',
  reason: `the outcome could not be recorded: ${reasonOf(error)}`,
  kind: 'final',
});

const commandFor = ({ work, outcome, at }: Result): RunCommand => {
  const shared = { work, at: at.toISOString() };
  return outcome.type === 'success'
    ? { type: 'RecordSuccess', ...shared, output: outcome.output }
    : { type: 'RecordFailure', ...shared, reason: outcome.reason, kind: outcome.kind };
};
