const longestMs = 60_000;

/** One appointment, the earliest that was asked for; a far one is looked at again each minute, since clocks may be set. */
export class Timer {
  private handle: NodeJS.Timeout | undefined;
  private at = Infinity;

  constructor(
    private readonly now: () => number,
    private readonly ring: () => void,
  ) {}

  /** `at` in milliseconds since the epoch. */
  set(at: number): void {
    if (at >= this.at) return;
    this.clear();
    this.at = at;
    const wait = Math.min(longestMs, Math.max(1, at - this.now()));
    this.handle = setTimeout(() => {
      this.clear();
      this.ring();
    }, wait);
  }

  clear(): void {
    clearTimeout(this.handle);
    this.at = Infinity;
  }
}
