import type { Clock } from '#libs/platform/src/clock.js';
import type { Json } from '#libs/kernel/src/json.js';
import { Circuits } from './circuits.js';
import type { Memory, Seen, Trouble } from './memory.js';
import { type Lookup, ProviderFailure } from './provider.port.js';
import { Turns } from './turns.js';

/** A question with what may be done to get it answered. */
export interface Errand {
  /** Equal keys are one errand. */
  readonly key: string;
  readonly lookup: Lookup;
  readonly timeoutMs: number;
  readonly freshMs: number;
  /** From the answer to the value. Throws a `ProviderFailure`. */
  readonly pick: (answer: Json) => Json;
}

/** What is known after an errand: the last value, and why there is no newer one. */
export interface Known {
  readonly seen: Seen | undefined;
  readonly trouble: Trouble | undefined;
}

/** Who is told what an operator may want to know. */
export interface Notices {
  /** A place is left alone for a while, or answers again. */
  readonly place: (message: string) => void;
  /** A provider failed in a way that it should not. */
  readonly defect: (error: unknown) => void;
}

const longestValue = 65_536;
const atOncePerPlace = 16;

const orAborted = <T>(work: Promise<T>, signal: AbortSignal, message: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new ProviderFailure('unavailable', message));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

const textOf = (value: Json): string => {
  const text = JSON.stringify(value);
  if (text.length <= longestValue) return text;
  throw new ProviderFailure('unusable', `the value is longer than ${longestValue} characters`);
};

/**
 * Asks providers: each errand once at a time however many wait for it, no longer than its timeout, and less and less often while it
 * fails; what was seen last is remembered as long as there is room. Never rejects.
 */
export class Lookups {
  private readonly circuits: Circuits;
  private readonly turns = new Turns(atOncePerPlace);
  private readonly underway = new Map<string, Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly notices: Notices,
    private readonly memory: Memory,
  ) {
    this.circuits = new Circuits(clock);
  }

  async run(errand: Errand): Promise<Known> {
    const known = this.memory.get(errand.key);
    if (this.isFresh(known, errand) || this.memory.isResting(errand.key)) return known;
    const underway = this.underway.get(errand.key) ?? this.begin(errand);
    await underway;
    return this.memory.get(errand.key);
  }

  private isFresh({ seen }: Known, { freshMs }: Errand): boolean {
    if (!seen) return false;
    const age = this.clock.now().getTime() - seen.at.getTime();
    return age >= 0 && age < freshMs;
  }

  private begin(errand: Errand): Promise<void> {
    const flight = this.fly(errand).finally(() => this.underway.delete(errand.key));
    this.underway.set(errand.key, flight);
    return flight;
  }

  private async fly({ key, lookup, timeoutMs, pick }: Errand): Promise<void> {
    const { place } = lookup;
    if (!this.circuits.admits(place)) {
      this.memory.pass(
        key,
        new ProviderFailure('unavailable', `${place} did not answer lately and is not asked`),
      );
      return;
    }
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const asked = this.turns.take(place, signal, () => lookup.ask(signal));
      const answer = await orAborted(asked, signal, `${place} gave no answer within ${timeoutMs} ms`);
      this.answered(place);
      this.memory.see(key, textOf(pick(answer)));
    } catch (error) {
      this.memory.fail(key, this.failureOf(error, place));
    }
  }

  private failureOf(error: unknown, place: string): ProviderFailure {
    if (!(error instanceof ProviderFailure)) {
      this.notices.defect(error);
      return new ProviderFailure('unusable', 'the provider failed', { cause: error });
    }
    if (error.code === 'unusable') this.answered(place);
    if (error.code === 'unavailable' && this.circuits.failed(place))
      this.notices.place(`${place} did not answer several times in a row and is not asked for a while`);
    return error;
  }

  private answered(place: string): void {
    if (this.circuits.succeeded(place)) this.notices.place(`${place} answers again`);
  }
}
