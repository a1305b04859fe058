import { randomUUID } from 'node:crypto';
import { AppendOutcomeUnknown, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import { EsdbEventStore } from '#libs/platform/src/event-store/esdb-event-store.js';
import { EsdbServer } from '#test/support/esdb-server/esdb-server.js';
import { quick } from '#test/support/esdb-server/under-test.js';
import { all, anEvent, aStream, eventually, follow, idsOf, persistently } from './event-store.support.js';

describe('an outage of EventStoreDB', () => {
  let server: EsdbServer;
  let store: EsdbEventStore;

  beforeEach(async () => {
    server = await new EsdbServer().start();
    store = new EsdbEventStore(server.connectionString, quick);
  });

  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it('that is silence is told in time by everything, and ends with it', async () => {
    const [stream, event] = [aStream(), anEvent()];
    await store.append(stream, 'no_stream', [event]);
    server.faults.silent = true;
    await expect(store.append(stream, 0, [anEvent()], { timeoutMs: 200 })).rejects.toThrow(
      AppendOutcomeUnknown,
    );
    await expect(all(store.readStream(stream))).rejects.toThrow(StoreUnavailable);
    await expect(all(store.readAll())).rejects.toThrow(StoreUnavailable);
    await expect(store.head()).rejects.toThrow(StoreUnavailable);
    expect((await store.health()).ok).toBe(false);
    server.faults.silent = false;
    expect(idsOf(await all(store.readStream(stream)))).toEqual([event.id]);
    await persistently(store, stream, 0, [anEvent()]);
  }, 20_000);

  it('before the first answer ever is told, too', async () => {
    server.faults.silent = true;
    await expect(store.append(aStream(), 'no_stream', [anEvent()], { timeoutMs: 200 })).rejects.toThrow(
      StoreUnavailable,
    );
    const follower = follow(store);
    server.faults.silent = false;
    await follower.caughtUp();
    await follower.stop();
  });

  it('makes a new connection after several failures, and leaves none behind', async () => {
    await store.head();
    const before = server.calls.total('features');
    await store.append(aStream(), 'no_stream', [anEvent()]);
    server.faults.silent = true;
    for (let failure = 0; failure < 3; failure += 1)
      await expect(store.head()).rejects.toThrow(StoreUnavailable);
    server.faults.silent = false;
    await persistently(store, aStream(), 'no_stream', [anEvent()]);
    expect(server.calls.total('features')).toBe(before + 1);
    await eventually('the old connection is gone', () => server.connectionCount === 1);
  }, 20_000);

  it('that is long does not make the return slow', async () => {
    await store.head();
    const follower = follow(store);
    await follower.caughtUp();
    await server.stop();
    // Far more attempts than gRPC makes before it waits for a minute and longer between two of its own.
    for (let attempt = 0; attempt < 40; attempt += 1)
      await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(
        /log is away|not answered/,
      );
    await server.start();
    const event = anEvent();
    await persistently(store, aStream(), 'no_stream', [event]);
    await follower.until('the event is seen', () => follower.seen.length === 1);
    await follower.stop();
    await eventually('one connection is left', () => server.connectionCount === 1);
  }, 40_000);

  it('of one server leaves the appends to another one with an unknown outcome', async () => {
    const other = await new EsdbServer().start();
    const otherStore = new EsdbEventStore(other.connectionString, quick);
    await Promise.all([store.head(), otherStore.append(aStream(), 'no_stream', [anEvent()])]);
    const [stream, event] = [`tested-${randomUUID()}`, anEvent()];
    const release = server.calls.hold();
    const pending = store.append(stream, 'no_stream', [event]);
    pending.catch(() => undefined);
    await eventually('it has arrived', () => server.calls.held > 0);
    await other.stop();
    await expect(pending).rejects.toThrow(AppendOutcomeUnknown);
    // The server drops the call before it answers, as the answer would hit the client's defect: see the guard's own test.
    server.dropConnections();
    release();
    expect((await persistently(store, stream, 'no_stream', [event])).revision).toBe(0);
    await otherStore.close();
  });

  it('is not brought about by asking for the head often', async () => {
    const { cursor } = await store.append(aStream(), 'no_stream', [anEvent()]);
    // HTTP/2 servers close a connection on which about a thousand calls were cancelled.
    for (let asked = 0; asked < 1200; asked += 1) await store.head();
    expect(await store.head()).toBe(cursor);
    expect(server.connectionCount).toBe(1);
  }, 30_000);

  it('does not keep the handle from closing', async () => {
    const stream = aStream();
    await store.append(stream, 'no_stream', [anEvent()]);
    const follower = follow(store);
    await follower.caughtUp();
    server.faults.silent = true;
    const pending = store.append(stream, 0, [anEvent()], { timeoutMs: 300 });
    pending.catch(() => undefined);
    server.halfCloseAppends();
    await store.close();
    await expect(pending).rejects.toThrow(AppendOutcomeUnknown);
    await follower.done;
  }, 20_000);
});
