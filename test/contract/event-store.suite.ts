import type { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { appendContract } from './event-store.append.suite.js';
import { lifecycleContract } from './event-store.lifecycle.suite.js';
import { readContract } from './event-store.read.suite.js';
import { subscribeContract } from './event-store.subscribe.suite.js';
import type { StoreUnderTest, UnderTest } from './event-store.support.js';

export type { StoreUnderTest } from './event-store.support.js';

/**
 * What every `EventStore` promises. The tests share one log that may hold events of others, so each looks only at what it wrote
 * itself. `able` says which of the optional parts of `StoreUnderTest` the log has.
 */
export const eventStoreContract = (
  name: string,
  start: () => Promise<StoreUnderTest>,
  able: { readonly interrupt?: boolean; readonly stall?: boolean } = { interrupt: true, stall: true },
): void => {
  describe(`${name} as an event store`, () => {
    let log: StoreUnderTest;
    let store: EventStore;
    const subject: UnderTest = {
      get log() {
        return log;
      },
      get store() {
        return store;
      },
    };

    beforeAll(async () => {
      log = await start();
      store = await log.open();
    });

    afterAll(async () => {
      await store.close();
      await log.end();
    });

    appendContract(subject, able);
    readContract(subject);
    subscribeContract(subject, able);
    lifecycleContract(subject);
  });
};
