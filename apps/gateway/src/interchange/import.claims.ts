import { DomainError } from '#libs/kernel/src/errors.js';

/** For the same import that is under way. */
const patienceMs = 60_000;

export const reused = (): DomainError =>
  new DomainError('idempotency-key-reused', 'the Idempotency-Key was given with another request before');

const stillUnderWay = (): DomainError =>
  new DomainError('illegal-state', 'this very import is under way; it can be repeated when it has ended');

interface UnderWay {
  readonly fingerprint: string;
  readonly end: Promise<void>;
}

/** Whether it ended in time. */
const endedWithin = (end: Promise<void>, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), ms);
    void end.then(() => {
      clearTimeout(late);
      resolve(true);
    });
  });

/** Of the imports under one key only one is done at a time: before its first change the log does not know of it. */
export class ImportsUnderWay {
  private readonly known = new Map<string, UnderWay>();

  constructor(private readonly waitMs = patienceMs) {}

  /**
   * Waits for the same import that is under way; answers what ends this one. Rejects with `idempotency-key-reused` while another
   * one is under way, and with `illegal-state` where the same does not end in time.
   */
  async enter(key: string, fingerprint: string): Promise<() => void> {
    const deadline = Date.now() + this.waitMs;
    for (let other = this.known.get(key); other; other = this.known.get(key)) {
      if (other.fingerprint !== fingerprint) throw reused();
      if (!(await endedWithin(other.end, deadline - Date.now()))) throw stillUnderWay();
    }
    const { promise: end, resolve } = Promise.withResolvers<void>();
    this.known.set(key, { fingerprint, end });
    return () => {
      if (this.known.get(key)?.end === end) this.known.delete(key);
      resolve();
    };
  }
}
