import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { eventStoreContract } from './event-store.suite.js';

eventStoreContract(
  'the memory log',
  async () => {
    const log = new MemoryLog();
    const other = new MemoryLog();
    return {
      open: async () => new MemoryEventStore(log),
      stall: async () => {
        const release = log.hold();
        return async () => {
          release();
        };
      },
      foreignCursor: () => other.cursors.encode(0),
      end: async () => undefined,
    };
  },
  { stall: true },
);
