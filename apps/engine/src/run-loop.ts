import { DomainError } from '#libs/kernel/src/errors.js';
import {
  next,
  type NextAction,
  run,
  type Run,
  type Trial,
  underWay,
} from '#libs/workflows/src/run.decider.js';
import type { Work } from '#libs/workflows/src/run.events.js';
import { type Outcome, reasonOf } from './attempt.js';
import type { EngineParts } from './engine-parts.js';
import { Pump } from './pump.js';
import { keyOf } from './run-recorder.js';
import { Timer } from './timer.js';

/** Drives one run: begins what is to be begun, takes over what others left, waits for the rest. */
export class RunLoop {
  private readonly pump = new Pump(() => this.lookSafely());
  private readonly timer: Timer;
  /** What this process is at, by the key of the work: never two at once. */
  private readonly busy = new Map<string, Promise<void>>();
  private failures = 0;
  lastLook = -Infinity;

  constructor(
    private readonly engine: EngineParts,
    private readonly runId: string,
    private readonly onRest: () => void,
  ) {
    this.timer = new Timer(
      () => this.now(),
      () => {
        this.wake();
      },
    );
  }

  wake(): void {
    this.pump.wake();
  }

  /** Begins nothing further and waits for what is being recorded. */
  async stop(): Promise<void> {
    this.timer.clear();
    await this.pump.stop();
    this.timer.clear();
    await Promise.all(this.busy.values());
  }

  private now(): number {
    return this.engine.clock.now().getTime();
  }

  private async lookSafely(): Promise<void> {
    this.lastLook = this.now();
    try {
      await this.look();
      this.failures = 0;
    } catch (error) {
      const { firstRetryMs, longestRetryMs } = this.engine.settings;
      const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.failures, 10));
      this.failures += 1;
      this.engine.logger.warn(`run ${this.runId} is looked at again in ${pauseMs} ms: ${reasonOf(error)}`);
      if (!this.engine.stopping.aborted) this.timer.set(this.now() + pauseMs);
    }
  }

  private async look(): Promise<void> {
    const state = await this.read();
    for (const trial of underWay(state)) this.attend(trial);
    for (const action of next(state)) await this.beginWhenDue(action);
    if (state.status !== 'running' && state.status !== 'turning-back' && this.busy.size === 0) {
      this.timer.clear();
      this.onRest();
    }
  }

  private async read(): Promise<Run> {
    return (await this.engine.runner.read(run, this.runId)).state;
  }

  /** What is under way elsewhere is left alone until its engine is known to be gone, or had its time. */
  private attend(trial: Trial): void {
    const key = keyOf(this.runId, trial);
    if (this.engine.stopping.aborted || this.busy.has(key)) return;
    const { identity, settings } = this.engine;
    const { engine, deadline } = trial.started;
    const due = identity.isOwn(engine) ? -Infinity : Date.parse(deadline) + settings.takeOverMs;
    if (due > this.now()) this.timer.set(due);
    else this.occupy(key, this.takeOver(trial));
  }

  private async takeOver(trial: Trial): Promise<void> {
    const outcome = await this.engine.performer.reconcile(this.runId, trial, this.engine.stopping);
    if (outcome) await this.record(trial, outcome);
  }

  private async beginWhenDue({ work, notBefore }: NextAction): Promise<void> {
    if (this.engine.stopping.aborted || this.busy.has(keyOf(this.runId, work))) return;
    const due = notBefore === null ? -Infinity : Date.parse(notBefore);
    if (due > this.now()) this.timer.set(due);
    else await this.begin(work);
  }

  private async begin(work: Work): Promise<void> {
    if (!(await this.isIntended(work))) return;
    const state = await this.read();
    const trial = underWay(state).find(
      ({ started }) =>
        keyOf(this.runId, started) === keyOf(this.runId, work) && started.attempt === work.attempt,
    );
    // One whose pointers find nothing has failed with its intent.
    if (trial) this.occupy(keyOf(this.runId, work), this.perform(trial));
    else this.wake();
  }

  /** Writes the intent. False when another engine was faster, or the run has changed its mind. */
  private async isIntended(work: Work): Promise<boolean> {
    const { origins, recorder, clock, identity } = this.engine;
    const { projectId } = await origins.of(`run-${this.runId}`);
    const identityOfRun = { runId: this.runId, projectId };
    const at = clock.now().toISOString();
    try {
      await recorder.send(this.runId, { type: 'StartStep', work, engine: identity.id, at, ...identityOfRun });
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'illegal-state') return false;
      throw error;
    }
  }

  private async perform(trial: Trial): Promise<void> {
    const { outcome, ended } = this.engine.performer.perform(this.runId, trial, this.engine.stopping);
    await this.record(trial, await outcome);
    // A plugin that goes on past its time keeps its work: another attempt has to wait for it.
    await ended;
  }

  private record(trial: Trial, outcome: Outcome): Promise<void> {
    const { recorder, clock, givingUp } = this.engine;
    const { step, item, phase, attempt } = trial;
    const work = { step, item, phase, attempt };
    return recorder.record(this.runId, { work, outcome, at: clock.now() }, givingUp);
  }

  private occupy(key: string, work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.engine.logger.error(`run ${this.runId}: ${key} went wrong: ${reasonOf(error)}`);
      })
      .finally(() => {
        this.busy.delete(key);
        this.wake();
      });
    this.busy.set(key, done);
  }
}
