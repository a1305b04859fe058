import { Injectable } from '@nestjs/common';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { reasonOf } from './attempt.js';
import { EngineParts } from './engine-parts.js';
import { WatchdogFindings } from './watchdog-findings.js';
import { WatchdogRounds } from './watchdog-rounds.js';

/** Walks, again and again, over what is not over: nothing is waited for without an end. */
@Injectable()
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private walking: Promise<void> = Promise.resolve();

  constructor(
    private readonly rounds: WatchdogRounds,
    private readonly readStore: ReadStore,
    private readonly parts: EngineParts,
    private readonly findings: WatchdogFindings,
  ) {}

  start(): void {
    this.walking = this.walkSafely();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.walking;
    clearTimeout(this.timer);
  }

  /** One walk. */
  async walk(): Promise<void> {
    const view = this.readStore.now();
    const now = this.parts.clock.now().getTime();
    const found = this.findings.find(view, now, this.parts.settings.orphanMs);
    for (const { id } of [...found.due, ...found.deserted]) this.rounds.look(id);
    for (const run of found.runs) await this.rounds.attend(run, now);
    for (const claim of found.orphans) await this.rounds.release(claim);
  }

  private async walkSafely(): Promise<void> {
    try {
      await this.walk();
    } catch (error) {
      this.parts.logger.warn(`the watchdog walks again: ${reasonOf(error)}`);
    }
    if (this.parts.stopping.aborted) return;
    this.timer = setTimeout(() => this.start(), this.parts.settings.walkMs);
  }
}
