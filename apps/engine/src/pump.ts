/** Runs `work` never twice at once, and once more when it was woken meanwhile. `work` never rejects. */
export class Pump {
  private current: Promise<void> | undefined;
  private isWoken = false;
  private isStopped = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly onIdle: () => void = () => undefined,
  ) {}

  wake(): void {
    if (this.isStopped) return;
    this.isWoken = true;
    this.current ??= this.run();
  }

  /** Resolves when `work` has ended; it is not run again. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.isWoken = false;
    await this.current;
  }

  private async run(): Promise<void> {
    while (this.isWoken) {
      this.isWoken = false;
      await this.work();
    }
    this.current = undefined;
    this.onIdle();
  }
}
