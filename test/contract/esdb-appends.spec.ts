import { randomUUID } from 'node:crypto';
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  InvalidArgument,
  StoreUnavailable,
  StreamNotFound,
  WrongRevision,
} from '#libs/platform/src/event-store/event-store.errors.js';
import { EsdbEventStore } from '#libs/platform/src/event-store/esdb-event-store.js';
import { EsdbServer } from '#test/support/esdb-server/esdb-server.js';
import { patient, quick } from '#test/support/esdb-server/under-test.js';
import { all, anEvent, aStream, eventually, idsOf, persistently, someEvents } from './event-store.support.js';

describe('an append to EventStoreDB', () => {
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

  const revisionOf = (stream: string) => (server.log.stream(stream)?.length ?? 0) - 1;

  it('whose answer is lost has an unknown outcome, and repeating it writes nothing', async () => {
    const stream = aStream();
    const events = someEvents(3);
    await store.head();
    server.faults.loseReplies = true;
    await expect(store.append(stream, 'no_stream', events, { timeoutMs: 300 })).rejects.toThrow(
      AppendOutcomeUnknown,
    );
    expect(revisionOf(stream)).toBe(2);
    server.faults.loseReplies = false;
    expect((await store.append(stream, 'no_stream', events)).revision).toBe(2);
    expect(revisionOf(stream)).toBe(2);
  });

  it('that the server ends with OK and no answer has an unknown outcome in time', async () => {
    const stream = aStream();
    await store.append(stream, 'no_stream', [anEvent()]);
    server.faults.loseReplies = true;
    const pending = store.append(stream, 0, [anEvent()], { timeoutMs: 400 });
    await eventually('it is written', () => revisionOf(stream) === 1);
    server.halfCloseAppends();
    await expect(pending).rejects.toThrow(AppendOutcomeUnknown);
    server.faults.loseReplies = false;
    expect((await persistently(store, stream, 1, [anEvent()])).revision).toBe(2);
  }, 20_000);

  it('that loses its connection has an unknown outcome, and the next one needs nobody', async () => {
    const stream = aStream();
    await store.append(stream, 'no_stream', [anEvent()]);
    const release = server.calls.hold();
    const pending = store.append(stream, 0, [anEvent()]);
    pending.catch(() => undefined);
    await eventually('it has arrived', () => server.calls.held === 1);
    await server.restart();
    release();
    await expect(pending).rejects.toThrow(AppendOutcomeUnknown);
    const event = anEvent();
    await persistently(store, aStream(), 'no_stream', [event]);
  });

  it('to a server that is away writes nothing and says so', async () => {
    await store.head();
    await server.stop();
    const stream = aStream();
    const refusal = async () =>
      store.append(stream, 'no_stream', [anEvent()]).catch((error: unknown) => error);
    await eventually('it is noticed', async () => (await refusal()) instanceof StoreUnavailable);
    expect(revisionOf(stream)).toBe(-1);
    await server.start();
    await persistently(store, stream, 'no_stream', [anEvent()]);
  });

  it('to a server that is not ready yet succeeds once it is', async () => {
    server.faults.notReady = true;
    await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(StoreUnavailable);
    expect(await store.health()).toEqual({
      ok: false,
      detail: expect.stringContaining('Server Is Not Ready') as string,
    });
    server.faults.notReady = false;
    await persistently(store, aStream(), 'no_stream', [anEvent()]);
    expect((await store.health()).ok).toBe(true);
  });

  it('succeeds although the clock of the server is a minute ahead', async () => {
    server.faults.clockAheadMs = 60_000;
    expect((await store.append(aStream(), 'no_stream', [anEvent()])).revision).toBe(0);
  });

  it('that the server refuses as too late has an unknown outcome', async () => {
    await store.head();
    server.faults.clockAheadMs = 600_000;
    await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(AppendOutcomeUnknown);
  });

  it('by a user who may not is refused', async () => {
    server.faults.denied = true;
    await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(StoreUnavailable);
  });

  it('finds its cursor where the server does not tell it', async () => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await store.append(stream, 'no_stream', events);
    server.faults.appendPositions = false;
    expect(await store.append(stream, 'no_stream', events)).toEqual(first);
    server.faults.positions = false;
    await expect(all(store.readStream(stream))).rejects.toThrow(/22\.6/);
  });

  it('with impossible input disturbs no other one', async () => {
    await store.close();
    store = new EsdbEventStore(server.connectionString, patient);
    const stream = aStream();
    await store.append(stream, 'no_stream', [anEvent()]);
    const release = server.calls.hold();
    const pending = store.append(stream, 0, [anEvent()]);
    await eventually('it has arrived', () => server.calls.held === 1);
    await expect(store.append(stream, -1, [anEvent()])).rejects.toThrow(InvalidArgument);
    const data = { number: 1n } as never;
    await expect(store.append(stream, 0, [anEvent({ data })])).rejects.toThrow(InvalidArgument);
    release();
    expect((await pending).revision).toBe(1);
  });

  it('is one of many on one connection', async () => {
    const appends = Array.from({ length: 300 }, () => store.append(aStream(), 'no_stream', [anEvent()]));
    await Promise.all(appends);
    expect(server.connectionCount).toBe(1);
    expect(server.calls.total('batchAppend')).toBe(1);
  });

  describe('of the time before the shared call', () => {
    beforeEach(() => {
      server.faults.batchAppend = false;
    });

    it('succeeds, is repeated and is refused as any other', async () => {
      const stream = aStream();
      const events = someEvents(2);
      const first = await store.append(stream, 'no_stream', events);
      expect(await store.append(stream, 'no_stream', events)).toEqual(first);
      const refused = store.append(stream, 0, [anEvent()]);
      await expect(refused).rejects.toThrow(WrongRevision);
      await expect(refused).rejects.toMatchObject({ stream, expected: 0, actual: 1 });
      await expect(store.append(aStream(), 'stream_exists', [anEvent()])).rejects.toMatchObject({
        actual: 'no_stream',
      });
      expect(server.calls.total('append')).toBeGreaterThan(3);
      expect(server.calls.total('batchAppend')).toBe(0);
    });

    it('has an unknown outcome when it is not answered', async () => {
      await store.head();
      server.faults.loseReplies = true;
      const late = store.append(aStream(), 'no_stream', [anEvent()], { timeoutMs: 200 });
      await expect(late).rejects.toThrow(AppendOutcomeUnknown);
    });
  });

  it('that the server finds too large is too large', async () => {
    server.log.mostBytes = 1000;
    for (const batchAppend of [true, false]) {
      server.faults.batchAppend = batchAppend;
      const other = new EsdbEventStore(server.connectionString, quick);
      const large = other.append(aStream(), 'no_stream', [anEvent({ data: { text: 'x'.repeat(2000) } })]);
      await expect(large).rejects.toThrow(AppendTooLarge);
      await other.close();
    }
  });
});

describe('a cluster of EventStoreDB', () => {
  const start = async () => {
    const leader = await new EsdbServer().start();
    const follower = await new EsdbServer(leader.log).start();
    follower.faults.leaderPort = leader.port;
    return { leader, follower, end: () => Promise.all([leader.stop(), follower.stop()]) };
  };

  it('is followed from a node that does not lead to the one that does', async () => {
    const { follower, end } = await start();
    const store = new EsdbEventStore(follower.connectionString, quick);
    const [stream, event] = [aStream(), anEvent()];
    await persistently(store, stream, 'no_stream', [event]);
    expect(idsOf(await all(store.readStream(stream)))).toEqual([event.id]);
    await store.close();
    await end();
  });

  it('is asked who leads when several nodes are named, and again when another one does', async () => {
    const { leader, follower, end } = await start();
    const address = `esdb://127.0.0.1:${follower.port},127.0.0.1:${leader.port}?tls=false`;
    const store = new EsdbEventStore(address, quick);
    await persistently(store, aStream(), 'no_stream', [anEvent()]);
    expect(leader.calls.total('batchAppend')).toBe(1);
    follower.faults.leaderPort = undefined;
    await leader.stop();
    const [stream, event] = [aStream(), anEvent({ id: randomUUID() })];
    await persistently(store, stream, 'no_stream', [event]);
    expect(follower.calls.total('batchAppend')).toBe(1);
    await expect(all(store.readStream(aStream()))).rejects.toThrow(StreamNotFound);
    await store.close();
    await end();
  });

  it('that cannot be found at first is found later', async () => {
    const server = await new EsdbServer().start();
    await server.stop();
    const address = `esdb://127.0.0.1:${server.port},127.0.0.1:${server.port}?tls=false&maxDiscoverAttempts=1`;
    const store = new EsdbEventStore(address, quick);
    for (let attempt = 0; attempt < 4; attempt += 1)
      await expect(store.append(aStream(), 'no_stream', [anEvent()])).rejects.toThrow(StoreUnavailable);
    await server.start();
    await persistently(store, aStream(), 'no_stream', [anEvent()]);
    await store.close();
    await server.stop();
  }, 30_000);
});
