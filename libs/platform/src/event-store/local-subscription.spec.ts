import { randomUUID } from 'node:crypto';
import { once, EventEmitter } from 'node:events';
import { StoreUnavailable } from './event-store.errors.js';
import type { Batch, NewEvent, RecordedEvent } from './event-store.js';
import { LocalSubscription, LocalSubscriptions } from './local-subscription.js';
import { MemoryEventStore, MemoryLog } from './memory-event-store.js';

/** A log that cannot be read when it is told so. */
class FailingLog extends MemoryLog {
  failures = 0;

  override page(after: number, limit: number): readonly RecordedEvent[] {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new StoreUnavailable('the log cannot be read');
    }
    return super.page(after, limit);
  }
}

const anEvent = (): NewEvent => ({ id: randomUUID(), type: 'Tested', data: {} });
const aStream = () => `tested-${randomUUID()}`;

describe('a subscription of a local log', () => {
  let log: FailingLog;
  let store: MemoryEventStore;
  const batches = new EventEmitter();

  beforeEach(() => {
    log = new FailingLog();
    store = new MemoryEventStore(log);
  });

  it('tells that the log went away, and goes on where it was when it is back', async () => {
    const revisions: number[] = [];
    const dropped: [string, number][] = [];
    const subscription = new LocalSubscription(log, {
      onBatch: async ({ events }) => {
        revisions.push(...events.map(({ revision }) => revision));
        batches.emit('batch');
      },
      onDropped: (error, retryInMs) => dropped.push([error.message, retryInMs]),
    });
    const stream = aStream();
    await store.append(stream, 'no_stream', [anEvent()]);
    while (revisions.length < 1) await once(batches, 'batch');
    log.failures = 2;
    await store.append(stream, 0, [anEvent(), anEvent()]);
    while (revisions.length < 3) await once(batches, 'batch');
    await subscription.stop();
    await subscription.done;
    expect(revisions).toEqual([0, 1, 2]);
    expect(dropped).toEqual([
      ['the log cannot be read', 100],
      ['the log cannot be read', 200],
    ]);
  });

  it('can be stopped while the log is away', async () => {
    log.failures = Infinity;
    const dropped = new Promise<void>((resolve) => {
      const subscription = new LocalSubscription(log, {
        onBatch: () => Promise.reject(new Error('nothing should be delivered')),
        onDropped: () => void subscription.stop().then(() => subscription.done.then(resolve)),
      });
    });
    await expect(dropped).resolves.toBeUndefined();
  });

  it('tells of progress every 10,000 events that the filter leaves out', async () => {
    const many = () => Array.from({ length: 1000 }, anEvent) as [NewEvent, ...NewEvent[]];
    for (let round = 0; round < 25; round += 1) await store.append(aStream(), 'no_stream', many());
    const told: Batch[] = [];
    const subscription = new LocalSubscription(log, {
      filter: { types: ['NeverWritten'] },
      onBatch: async (batch) => {
        told.push(batch);
        if (batch.caughtUp) await subscription.stop();
      },
    });
    await subscription.done;
    expect(told.map(({ upTo }) => log.cursors.decode(upTo))).toEqual([10_000, 20_000, 25_000]);
    expect(told.map(({ caughtUp }) => caughtUp)).toEqual([false, false, true]);
  });

  it('is waited for when its log is closed, until it has handled its batch', async () => {
    const subscriptions = new LocalSubscriptions(log);
    let handled = false;
    await new Promise<void>((resolve) => {
      subscriptions.add({
        onBatch: async () => {
          resolve();
          await store.head();
          handled = true;
        },
      });
    });
    await subscriptions.close();
    expect(handled).toBe(true);
    await expect(subscriptions.add({ onBatch: async () => undefined }).done).rejects.toThrow(
      StoreUnavailable,
    );
  });
});
