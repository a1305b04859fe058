import { StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type {
  Appended,
  Expected,
  NewEvent,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  SubscribeOptions,
  Subscription,
} from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore, type MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import {
  Cloud,
  CloudUnavailable,
  type ComputeHost,
  type HostService,
  type Instance,
  type Move,
} from '#libs/clouds/src/cloud.port.js';

/** When a process is to be gone: before its nth append reaches the log, or after, when nobody learns that it did. */
export interface Death {
  readonly append: number;
  readonly when: 'before' | 'after';
}

/** The end of one process, as a crash would bring it about: from then on it neither reads nor writes nor acts. */
export class Mortality {
  readonly gone = Promise.withResolvers<void>();
  isGone = false;
  /** Whether the log takes nothing just now, and how often it did not. */
  isLogAway = false;
  refused = 0;
  appends = 0;

  constructor(private readonly death?: Death) {}

  die(): void {
    this.isGone = true;
    this.gone.resolve();
  }

  refuseIfGone(): void {
    if (this.isGone) throw new StoreUnavailable('the process is gone');
  }

  async append<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfGone();
    if (this.isLogAway) {
      this.refused += 1;
      throw new StoreUnavailable('the log is away');
    }
    this.appends += 1;
    const isLast = this.appends === this.death?.append;
    if (isLast && this.death?.when === 'before') this.die();
    this.refuseIfGone();
    const appended = await work();
    if (isLast) this.die();
    this.refuseIfGone();
    return appended;
  }
}

/** What one process sees of a log. */
export class MortalStore extends MemoryEventStore {
  constructor(
    log: MemoryLog,
    private readonly mortality: Mortality,
  ) {
    super(log);
  }

  override append(
    stream: string,
    expected: Expected,
    events: readonly [NewEvent, ...NewEvent[]],
  ): Promise<Appended> {
    return this.mortality.append(() => super.append(stream, expected, events));
  }

  override async *readStream(stream: string, options?: ReadStreamOptions): AsyncGenerator<RecordedEvent> {
    this.mortality.refuseIfGone();
    yield* super.readStream(stream, options);
  }

  override async *readAll(options?: ReadAllOptions): AsyncGenerator<RecordedEvent> {
    this.mortality.refuseIfGone();
    yield* super.readAll(options);
  }

  override subscribe(options: SubscribeOptions): Subscription {
    const onBatch: SubscribeOptions['onBatch'] = async (batch) => {
      if (!this.mortality.isGone) await options.onBatch(batch);
    };
    return super.subscribe({ ...options, onBatch });
  }
}

/** What one process sees of a cloud. Calls that it made go on there; those that it makes later come to nothing. */
export class MortalCloud extends Cloud {
  /** Moves of one instance that this process made at once, at most. */
  mostMovesAtOnce = 0;
  private readonly moving = new Map<string, number>();

  constructor(
    private readonly cloud: Cloud,
    private readonly mortality: Mortality,
  ) {
    super();
  }

  override hosts(signal: AbortSignal): Promise<readonly ComputeHost[]> {
    return this.call((own) => this.cloud.hosts(own), signal);
  }

  override host(name: string, signal: AbortSignal): Promise<HostService> {
    return this.call((own) => this.cloud.host(name, own), signal);
  }

  override disable(name: string, reason: string, signal: AbortSignal): Promise<HostService> {
    return this.call((own) => this.cloud.disable(name, reason, own), signal);
  }

  override enable(name: string, signal: AbortSignal): Promise<HostService> {
    return this.call((own) => this.cloud.enable(name, own), signal);
  }

  override instances(host: string, signal: AbortSignal): Promise<readonly Instance[]> {
    return this.call((own) => this.cloud.instances(host, own), signal);
  }

  override instance(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    return this.call((own) => this.cloud.instance(id, own), signal);
  }

  override async move(id: string, from: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<Move> {
    const atOnce = (this.moving.get(id) ?? 0) + 1;
    this.moving.set(id, atOnce);
    this.mostMovesAtOnce = Math.max(this.mostMovesAtOnce, atOnce);
    try {
      return await this.call((own) => this.cloud.move(id, from, mode, own), signal);
    } finally {
      this.moving.set(id, (this.moving.get(id) ?? 1) - 1);
    }
  }

  private async call<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    this.refuseIfGone();
    const own = new AbortController();
    const abort = () => {
      // Whoever is gone calls nothing off.
      if (!this.mortality.isGone) own.abort(signal.reason);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      const answer = await work(own.signal);
      this.refuseIfGone();
      return answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private refuseIfGone(): void {
    if (this.mortality.isGone) throw new CloudUnavailable('the process is gone');
  }
}
