import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { AppendOutcomeUnknown, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type {
  Appended,
  Batch,
  EventStore,
  Expected,
  NewEvent,
  RecordedEvent,
  SubscribeOptions,
} from '#libs/platform/src/event-store/event-store.js';

/** One log, as the contract's tests reach it. */
export interface StoreUnderTest {
  /** Another handle on the same log. */
  open(): Promise<EventStore>;
  /** The log goes away and comes back: a server or a writer that restarts. */
  interrupt?(): Promise<void>;
  /** Nothing is answered until the answer is called. */
  stall?(): Promise<() => Promise<void>>;
  /** A cursor of another log of the same kind. */
  foreignCursor(): Cursor;
  /** Calls or statements that are open at this moment. */
  openReads?(): number;
  end(): Promise<void>;
}

/** What a section of the contract is given: a running log and one handle on it, both there from `beforeAll` on. */
export interface UnderTest {
  readonly log: StoreUnderTest;
  readonly store: EventStore;
}

export type NewEvents = [NewEvent, ...NewEvent[]];

export const anEvent = (event: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingTested',
  data: { of: 'test' },
  ...event,
});

export const someEvents = (
  count: number,
  data: (index: number) => JsonObject = (index) => ({ index }),
): NewEvents => Array.from({ length: count }, (_, index) => anEvent({ data: data(index) })) as NewEvents;

export const aStream = (category = 'tested'): string => `${category}-${randomUUID()}`;

/** A category that no other test writes to, so that a shared log can be filtered for what a test wrote. */
export const aCategory = (): string => `tested${randomUUID().replaceAll('-', '')}`;

export const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

const deadlineMs = 20_000;

/** Resolves once the condition holds; throws what it was waiting for after 20 seconds. */
export const eventually = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await pause(5);
  }
};

/** Appends as a careful caller does: the same ids at the same revision until the outcome is known. */
export const persistently = async (
  store: EventStore,
  stream: string,
  expected: Expected,
  events: NewEvents,
): Promise<Appended> => {
  let appended: Appended | undefined;
  await eventually('the append is answered', async () => {
    try {
      appended = await store.append(stream, expected, events, { timeoutMs: 1000 });
      return true;
    } catch (error) {
      if (error instanceof AppendOutcomeUnknown || error instanceof StoreUnavailable) return false;
      throw error;
    }
  });
  return appended as Appended;
};

/** A subscription that remembers what it was given. */
export interface Follower {
  readonly seen: readonly RecordedEvent[];
  readonly batches: readonly Batch[];
  readonly done: Promise<void>;
  stop(): Promise<void>;
  /** Waits for the condition, or for the end of the subscription, which is an error then. */
  until(what: string, holds: () => boolean): Promise<void>;
  caughtUp(): Promise<void>;
}

export const follow = (
  store: EventStore,
  { onBatch, ...options }: Partial<SubscribeOptions> = {},
): Follower => {
  const seen: RecordedEvent[] = [];
  const batches: Batch[] = [];
  let failure: unknown;
  const subscription = store.subscribe({
    ...options,
    onBatch: async (batch) => {
      batches.push(batch);
      seen.push(...batch.events);
      await onBatch?.(batch);
    },
  });
  subscription.done.catch((error: unknown) => {
    failure = error;
  });
  const until = (what: string, holds: () => boolean) =>
    eventually(what, () => {
      if (failure !== undefined) throw failure;
      return holds();
    });
  return {
    seen,
    batches,
    done: subscription.done,
    stop: () => subscription.stop(),
    until,
    caughtUp: () => until('the subscription has caught up', () => batches.some((batch) => batch.caughtUp)),
  };
};
