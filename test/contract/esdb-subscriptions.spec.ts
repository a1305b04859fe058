import { CursorMismatch, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import { EsdbCursors } from '#libs/platform/src/event-store/esdb-cursor.js';
import { EsdbEventStore } from '#libs/platform/src/event-store/esdb-event-store.js';
import { identityStream } from '#libs/platform/src/event-store/esdb-records.js';
import { EsdbServer } from '#test/support/esdb-server/esdb-server.js';
import { quick } from '#test/support/esdb-server/under-test.js';
import {
  aCategory,
  all,
  anEvent,
  aStream,
  eventually,
  follow,
  idsOf,
  persistently,
  someEvents,
} from './event-store.support.js';

describe('a subscription to EventStoreDB', () => {
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

  const write = async (count: number, category?: string): Promise<string[]> => {
    const events = someEvents(count);
    await persistently(store, aStream(category), 'no_stream', events);
    return idsOf(events);
  };

  const subscribes = () => server.calls.total('subscribe');
  const openSubscribes = () => server.calls.count('subscribe');

  it.each<[string, (server: EsdbServer) => unknown]>([
    ['the server ends it with OK', (it) => it.endSubscriptions()],
    ['the connection breaks', (it) => it.dropConnections()],
    ['the server restarts', (it) => it.restart()],
  ])('goes on behind the last event it delivered when %s', async (_, interrupt) => {
    const first = await write(5);
    const drops: { error: Error; retryInMs: number }[] = [];
    const onDropped = (error: Error, retryInMs: number) => drops.push({ error, retryInMs });
    const follower = follow(store, { onDropped });
    await follower.caughtUp();
    await eventually('it is open', () => openSubscribes() === 1);
    await interrupt(server);
    await eventually('the drop is told', () => drops.length > 0);
    const second = await write(5);
    await follower.until('the rest is seen', () => follower.seen.length >= 10);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual([...first, ...second]);
    expect(follower.batches.filter(({ caughtUp }) => caughtUp)).toHaveLength(1);
    expect(drops[0]?.error).toBeInstanceOf(StoreUnavailable);
    expect(drops[0]?.retryInMs).toBeGreaterThan(0);
  });

  it('drops what the server delivers twice', async () => {
    server.faults.duplicates = true;
    const first = await write(5);
    const follower = follow(store);
    await follower.caughtUp();
    server.endSubscriptions();
    const second = await write(5);
    await follower.until('all of them are seen', () => follower.seen.length >= 10);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual([...first, ...second]);
  });

  it('notices that it is dead although the server never says so', async () => {
    const follower = follow(store);
    await follower.caughtUp();
    await eventually('it is open', () => openSubscribes() === 1);
    server.faults.stalledSubscriptions = true;
    server.endSubscriptions();
    await eventually('it has subscribed again', () => subscribes() >= 2);
    const ids = await write(3);
    await eventually('it has given that up', () => subscribes() >= 3);
    server.faults.stalledSubscriptions = false;
    await follower.until('the events are seen', () => follower.seen.length >= 3);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(ids);
  }, 20_000);

  it('that is never confirmed is tried again', async () => {
    await store.head();
    const ids = await write(2);
    const drops: Error[] = [];
    const follower = follow(store, { onDropped: (error) => drops.push(error) });
    server.faults.silent = true;
    await eventually('the silence is noticed', () => drops.length >= 2);
    server.faults.silent = false;
    await follower.until('the events are seen', () => follower.seen.length >= 2);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(ids);
  }, 20_000);

  it('is left in peace while nothing happens', async () => {
    await write(1);
    const follower = follow(store);
    await follower.caughtUp();
    const before = server.calls.total('read');
    await eventually('it was compared with the head', () => server.calls.total('read') > before + 2);
    await follower.stop();
    expect(subscribes()).toBe(1);
  }, 20_000);

  it('catches up with servers that do not say when it has', async () => {
    server.faults.caughtUp = false;
    const ids = await write(10);
    await write(3, aCategory());
    const follower = follow(store, { filter: { categories: ['tested'] } });
    await follower.caughtUp();
    expect(idsOf(follower.seen)).toEqual(ids);
    await follower.stop();
  });

  it('lets the server filter while it catches up, and looks at everything from then on', async () => {
    const category = aCategory();
    for (let round = 0; round < 5; round += 1) await write(200);
    const ids = await write(3, category);
    await write(200, `${category}x`);
    const sent = server.eventsSent;
    const follower = follow(store, { filter: { categories: [category] } });
    await follower.caughtUp();
    // The 200 of the category that ends the catch-up come, too.
    expect(server.eventsSent - sent).toBeLessThan(250);
    await write(1);
    const head = await store.head();
    await follower.until('it has passed the last', () => follower.batches.at(-1)?.upTo === head);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(ids);
    expect(subscribes()).toBe(2);
  });

  it('takes type names literally', async () => {
    const types = ['A.B', 'A+', '(A)', 'AxB', '^A$'];
    const events = types.map((type) => anEvent({ type })) as [ReturnType<typeof anEvent>];
    await store.append(aStream(), 'no_stream', events);
    await write(1);
    const follower = follow(store, { filter: { types: ['A.B', '(A)', '^A$'] } });
    await follower.caughtUp();
    await follower.stop();
    expect(follower.seen.map(({ type }) => type)).toEqual(['A.B', '(A)', '^A$']);
  });

  it('and reads leave no call open', async () => {
    await write(1000);
    await write(1000);
    const follower = follow(store, { maxBatch: 10 });
    await follower.until('it has begun', () => follower.seen.length > 0);
    await follower.stop();
    await eventually('no call is open', () => openSubscribes() === 0 && server.calls.count('read') === 0);
    expect(server.log.watcherCount).toBe(0);
  });

  it('refuses a cursor beyond the end: the log was put back to an older state', async () => {
    await write(1);
    const identity = JSON.parse(new TextDecoder().decode(server.log.stream(identityStream)?.[0]?.data)) as {
      storeId: string;
    };
    const after = new EsdbCursors(identity.storeId).encode({ commit: 1_000_000n, prepare: 1_000_000n });
    await expect(follow(store, { after }).done).rejects.toThrow(CursorMismatch);
    await expect(all(store.readAll({ after }))).rejects.toThrow(CursorMismatch);
  });

  it('sees nothing of the server, of other programs, or of the mark that tells clusters apart', async () => {
    const utf8 = new TextEncoder();
    const foreign = (contentType: string, data: string) => ({
      id: anEvent().id,
      type: 'Foreign',
      contentType,
      data: utf8.encode(data),
      metadata: new Uint8Array(),
    });
    server.log.append('foreign-1', 'any', [
      foreign('application/octet-stream', '{}'),
      foreign('application/json', '['),
    ]);
    const ids = await write(2);
    const follower = follow(store);
    await follower.caughtUp();
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(ids);
    const read = await all(store.readAll());
    expect(JSON.parse(JSON.stringify(follower.seen))).toEqual(JSON.parse(JSON.stringify(read)));
    expect(idsOf(read)).toEqual(ids);
    expect(server.log.all.length).toBeGreaterThan(8);
  });

  it('ends when the log is closed', async () => {
    const follower = follow(store);
    await follower.caughtUp();
    await store.close();
    await expect(follower.done).resolves.toBeUndefined();
    await eventually('no call is open', () => openSubscribes() === 0);
  });
});
