/** How patient an engine is; milliseconds. */
export class EngineSettings {
  /** After its deadline a plugin may take so long to call its work off before it is given up. */
  readonly settleMs: number = 60_000;
  /** So long after its deadline another engine's attempt is taken over: more than `settleMs`, and the clocks may differ. */
  readonly takeOverMs: number = 90_000;
  /** Asking what became of a lost attempt. */
  readonly reconcileMs: number = 30_000;
  readonly firstRetryMs: number = 250;
  readonly longestRetryMs: number = 30_000;
  /** Between two walks of the watchdog. */
  readonly walkMs: number = 1000;
  /** A run that nobody has looked at for so long is looked at. */
  readonly silentMs: number = 30_000;
  /** A claim whose window is over for so long is an orphan. */
  readonly orphanMs: number = 60_000;
  /** At the end of the process, for what is under way to be recorded. */
  readonly stopMs: number = 10_000;

  constructor(settings: Partial<EngineSettings> = {}) {
    Object.assign(this, settings);
  }
}
