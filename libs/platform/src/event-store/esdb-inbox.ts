/** What there is of a stream in every call of the client. */
interface Call {
  on(event: string, listener: (argument: unknown) => void): unknown;
  read(): unknown;
  destroy(): unknown;
}

/** What arrives on a call of the client, to be taken in chunks. The call's errors are listened to for as long as it exists. */
export class EsdbInbox<T> {
  /** The server has begun to answer. */
  answered = false;
  private failure: { readonly error: unknown } | undefined;
  private ended = false;
  private wake: () => void = () => undefined;
  /** By a monotonic clock. */
  private lastSign = performance.now();

  constructor(
    private readonly call: Call,
    private readonly cancel: () => Promise<void>,
  ) {
    call.on('error', (error) => {
      this.failure ??= { error };
      this.wake();
    });
    const end = () => {
      this.ended = true;
      this.wake();
    };
    call.on('end', end);
    call.on('close', end);
    call.on('confirmation', this.signOfLife);
    call.on('readable', () => {
      this.signOfLife();
      this.wake();
    });
  }

  /** The server is at work, though it has nothing for us yet. */
  readonly signOfLife = (): void => {
    this.answered = true;
    this.lastSign = performance.now();
  };

  /** For how long there was none. */
  get quietMs(): number {
    return performance.now() - this.lastSign;
  }

  /** Leaving a loop early does not end a call: on the server it would stay open until the client is disposed of. */
  close(): void {
    void this.cancel().catch(() => undefined);
    this.call.destroy();
  }

  /**
   * The next events, at most `max`; none when there was no sign of life for `silenceMs`; undefined at the end of the call. Rejects with
   * the call's error, or the signal's reason.
   */
  async take(max: number, silenceMs: number, signal: AbortSignal): Promise<T[] | undefined> {
    this.lastSign = performance.now();
    for (;;) {
      signal.throwIfAborted();
      const taken = this.drain(max);
      if (taken.length > 0) return taken;
      if (this.failure) throw this.failure.error;
      if (this.ended) return undefined;
      const left = this.lastSign + silenceMs - performance.now();
      if (left <= 0) return [];
      await this.pause(left, signal);
    }
  }

  private drain(max: number): T[] {
    const taken: T[] = [];
    while (taken.length < max) {
      const item = this.call.read() as T | null;
      if (item === null) break;
      taken.push(item);
    }
    return taken;
  }

  private pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
      this.wake = done;
    });
  }
}
