import { Channel, connectivityState, credentials } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { AppendOutcomeUnknown, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import { EsdbEventStore } from '#libs/platform/src/event-store/esdb-event-store.js';
import { EsdbServer } from '#test/support/esdb-server/esdb-server.js';
import { quick } from '#test/support/esdb-server/under-test.js';
import { all, anEvent, aStream, eventually, follow, idsOf, persistently } from './event-store.support.js';

/**
 * Fails to connect now, and tries again after everything that has failed before: gRPC pauses for a second, or a fifth more. The answer
 * waits until it is connected, and lets go of that connection.
 */
const triedAgainLater = async (server: EsdbServer): Promise<() => Promise<void>> => {
  const channel = new Channel(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 2000,
  });
  const { TRANSIENT_FAILURE, READY } = connectivityState;
  await eventually('it has failed', () => channel.getConnectivityState(true) === TRANSIENT_FAILURE);
  return async () => {
    await eventually('it is connected', () => channel.getConnectivityState(true) === READY);
    channel.close();
  };
};

describe('an outage of EventStoreDB', () => {
  let server: EsdbServer;
  let store: EsdbEventStore;

  // The very first call of a process compiles much, which may take longer than a silence may.
  beforeAll(async () => {
    const first = await new EsdbServer().start();
    const warm = new EsdbEventStore(first.connectionString, quick);
    await persistently(warm, aStream(), 'no_stream', [anEvent()]);
    await warm.close();
    await first.stop();
  });

  beforeEach(async () => {
    server = await new EsdbServer().start();
    store = new EsdbEventStore(server.connectionString, quick);
  });

  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it('that is silence is told in time by everything, and ends with it', async () => {
    // Every call notices by itself, not because the others have failed.
    const patient = new EsdbEventStore(server.connectionString, { ...quick, patience: 100 });
    const [stream, event] = [aStream(), anEvent()];
    await persistently(patient, stream, 'no_stream', [event]);
    server.faults.silent = true;
    await Promise.all([
      expect(patient.append(stream, 0, [anEvent()], { timeoutMs: 200 })).rejects.toThrow(
        AppendOutcomeUnknown,
      ),
      expect(all(patient.readStream(stream))).rejects.toThrow(StoreUnavailable),
      expect(all(patient.readAll())).rejects.toThrow(StoreUnavailable),
      expect(patient.head()).rejects.toThrow(StoreUnavailable),
      expect(patient.health()).resolves.toMatchObject({ ok: false }),
    ]);
    server.faults.silent = false;
    expect(idsOf(await all(patient.readStream(stream)))).toEqual([event.id]);
    await persistently(patient, stream, 0, [anEvent()]);
    await patient.close();
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
    const asked = [store.head(), store.head(), store.head()];
    await Promise.all(asked.map((head) => expect(head).rejects.toThrow(StoreUnavailable)));
    server.faults.silent = false;
    await persistently(store, aStream(), 'no_stream', [anEvent()]);
    expect(server.calls.total('features')).toBe(before + 1);
    await eventually('the old connection is gone', () => server.connectionCount === 1);
  }, 20_000);

  it('that is long neither makes the return slow nor leaves connections behind', async () => {
    await store.head();
    const follower = follow(store);
    await follower.caughtUp();
    await server.stop();
    // Far more attempts than gRPC makes before it waits for a minute and longer between two of its own.
    for (let attempt = 0; attempt < 40; attempt += 1)
      await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(
        /log is away|not answered/,
      );
    const late = await triedAgainLater(server);
    await server.start();
    const event = anEvent();
    await persistently(store, aStream(), 'no_stream', [event]);
    await follower.until('the event is seen', () => follower.seen.length === 1);
    await follower.stop();
    await late();
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
    for (let round = 0; round < 60; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => store.head()));
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
