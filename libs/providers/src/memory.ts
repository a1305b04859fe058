import type { Clock } from '#libs/platform/src/clock.js';
import { pauseMs } from './pause.js';
import type { FailureCode, ProviderFailure } from './provider.port.js';

/** A value as JSON text, and when it was true. */
export interface Seen {
  readonly text: string;
  readonly at: Date;
}

export interface Trouble {
  readonly code: FailureCode;
  readonly message: string;
  /** The first of the failures in a row. */
  readonly since: Date;
}

interface Entry {
  readonly seen: Seen | undefined;
  readonly trouble: Trouble | undefined;
  readonly failures: number;
  /** Milliseconds since the epoch: not to be asked again before. */
  readonly restsUntil: number;
}

const mostEntries = 10_000;
const mostText = 32 * 1024 * 1024;
/** What an entry takes besides its value, about. */
const entrySize = 500;

const nothing: Entry = { seen: undefined, trouble: undefined, failures: 0, restsUntil: 0 };

/** What was seen last, and what went wrong since: as much as there is room for, the least recently used forgotten first. */
export class Memory {
  private readonly entries = new Map<string, Entry>();
  private size = 0;
  private told: (key: string) => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly room: { readonly entries: number; readonly text: number } = {
      entries: mostEntries,
      text: mostText,
    },
  ) {}

  get(key: string): Pick<Entry, 'seen' | 'trouble'> {
    const entry = this.entries.get(key);
    if (!entry) return nothing;
    // Last in the order of the map: forgotten last.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  /** What was seen last, without having used it. */
  peek(key: string): Seen | undefined {
    return this.entries.get(key)?.seen;
  }

  /** All that was seen last, least recently used first. */
  values(): readonly (readonly [key: string, seen: Seen])[] {
    return [...this.entries].flatMap(([key, { seen }]) => (seen ? [[key, seen] as const] : []));
  }

  /** From now on is told of what is seen, right after it was. */
  follow(told: (key: string) => void): void {
    this.told = told;
  }

  /** Something that was seen in an earlier life. */
  restore(key: string, seen: Seen): void {
    this.put(key, { ...nothing, seen });
  }

  /** Whether it failed so lately that it is not to be asked yet. */
  isResting(key: string): boolean {
    return this.clock.now().getTime() < (this.entries.get(key)?.restsUntil ?? 0);
  }

  see(key: string, text: string): void {
    this.put(key, { ...nothing, seen: { text, at: this.clock.now() } });
    this.told(key);
  }

  fail(key: string, failure: ProviderFailure): void {
    const failures = (this.entries.get(key)?.failures ?? 0) + 1;
    this.trouble(key, failure, failures, this.clock.now().getTime() + pauseMs(failures));
  }

  /** It could not even be asked: no failure of its own. */
  pass(key: string, failure: ProviderFailure): void {
    const { failures = 0 } = this.entries.get(key) ?? {};
    this.trouble(key, failure, failures, 0);
  }

  private trouble(
    key: string,
    { code, message }: ProviderFailure,
    failures: number,
    restsUntil: number,
  ): void {
    const { seen, trouble } = this.entries.get(key) ?? nothing;
    const since = trouble?.since ?? this.clock.now();
    this.put(key, { seen, trouble: { code, message, since }, failures, restsUntil });
  }

  private put(key: string, entry: Entry): void {
    this.forget(key);
    this.entries.set(key, entry);
    this.size += this.sizeOf(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.room.entries && this.size <= this.room.text) return;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.size -= this.sizeOf(key, entry);
  }

  private sizeOf(key: string, { seen }: Entry): number {
    return entrySize + key.length + (seen?.text.length ?? 0);
  }
}
