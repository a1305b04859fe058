import { InvalidArgument } from '#libs/platform/src/event-store/event-store.errors.js';
import type { Batch } from '#libs/platform/src/event-store/event-store.js';
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
  type UnderTest,
} from './event-store.support.js';

export const subscribeContract = (subject: UnderTest, able: { readonly interrupt?: boolean }): void => {
  describe('a subscription', () => {
    positions(subject);
    filters(subject);
    handling(subject);
    if (able.interrupt) interruptions(subject);
  });
};

const positions = (subject: UnderTest): void => {
  it('goes from the start through to what is appended meanwhile, in the order of the log', async () => {
    const filter = { categories: [aCategory()] };
    const [category] = filter.categories as [string];
    for (let index = 0; index < 5; index += 1)
      await subject.store.append(aStream(category), 'no_stream', someEvents(20));
    const follower = follow(subject.store, { filter, maxBatch: 7 });
    for (let index = 0; index < 5; index += 1)
      await subject.store.append(aStream(category), 'no_stream', someEvents(20));
    await follower.until('200 events are seen', () => follower.seen.length >= 200);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(await all(subject.store.readAll({ filter }))));
    expect(follower.batches.every(({ events }) => events.length <= 7)).toBe(true);
  }, 60_000);

  it('begins behind its cursor', async () => {
    const events = someEvents(3);
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', events);
    const [first] = await all(subject.store.readAll({ after: before, limit: 1 }));
    const follower = follow(subject.store, { after: first?.cursor ?? 'start' });
    await follower.caughtUp();
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(events.slice(1)));
  });

  it('from the end sees only what comes later', async () => {
    await subject.store.append(aStream(), 'no_stream', someEvents(3));
    const follower = follow(subject.store, { after: 'end' });
    await follower.caughtUp();
    expect(follower.seen).toEqual([]);
    const later = someEvents(2);
    await subject.store.append(aStream(), 'no_stream', later);
    await follower.until('both are seen', () => follower.seen.length >= 2);
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(later));
  });

  it('says once that it has caught up, with the last event that was there', async () => {
    const before = await subject.store.head();
    const events = someEvents(30);
    await subject.store.append(aStream(), 'no_stream', events);
    const follower = follow(subject.store, { after: before, maxBatch: 10 });
    await follower.caughtUp();
    const index = follower.batches.findIndex(({ caughtUp }) => caughtUp);
    const until = follower.batches.slice(0, index + 1).flatMap((batch) => batch.events);
    expect(idsOf(until)).toEqual(idsOf(events));
    await subject.store.append(aStream(), 'no_stream', someEvents(30));
    await follower.until('the rest is seen', () => follower.seen.length >= 60);
    await follower.stop();
    expect(follower.batches.filter(({ caughtUp }) => caughtUp)).toHaveLength(1);
  });

  it('neither loses nor doubles what is appended while it catches up', async () => {
    const before = await subject.store.head();
    for (let index = 0; index < 10; index += 1)
      await subject.store.append(aStream(), 'no_stream', someEvents(50));
    let racing: Promise<unknown> = Promise.resolve();
    const follower = follow(subject.store, {
      after: before,
      maxBatch: 20,
      onBatch: async () => {
        if (follower.batches.length <= 20)
          racing = Promise.all([racing, subject.store.append(aStream(), 'no_stream', someEvents(5))]);
      },
    });
    await follower.until('everything is seen', () => follower.seen.length >= 600);
    await racing;
    await follower.stop();
    expect(idsOf(follower.seen)).toEqual(idsOf(await all(subject.store.readAll({ after: before }))));
  }, 60_000);
};

const filters = (subject: UnderTest): void => {
  it.each([
    ['category', (category: string) => ({ categories: [category] }), ['A', 'B', 'A', 'B']],
    ['type', (category: string) => ({ types: [`${category}B`] }), ['B', 'B']],
    ['both', (category: string) => ({ categories: [category], types: [`${category}A`, 'C'] }), ['A', 'A']],
  ])('filters by %s, what was there and what comes', async (_, filterOf, expected) => {
    const category = aCategory();
    const before = await subject.store.head();
    const write = async () => {
      const [a, b] = [anEvent({ type: `${category}A` }), anEvent({ type: `${category}B` })];
      await subject.store.append(aStream(category), 'no_stream', [a, b]);
      await subject.store.append(aStream(), 'no_stream', someEvents(5));
    };
    await write();
    const follower = follow(subject.store, { after: before, filter: filterOf(category) });
    await follower.caughtUp();
    await write();
    await follower.until('it is seen', () => follower.seen.length >= expected.length);
    await follower.stop();
    expect(follower.seen.map(({ type }) => type.slice(category.length))).toEqual(expected);
  });

  it('tells of progress although nothing matches', async () => {
    const before = await subject.store.head();
    const follower = follow(subject.store, { after: before, filter: { types: ['NeverWritten'] } });
    await subject.store.append(aStream(), 'no_stream', someEvents(50));
    const head = await subject.store.head();
    await follower.until('it has passed them', () => (follower.batches.at(-1)?.upTo ?? before) >= head);
    await follower.stop();
    expect(follower.seen).toEqual([]);
    const cursors = follower.batches.map(({ upTo }) => upTo);
    expect(cursors.toSorted()).toEqual(cursors);
  });

  it('names with each batch the cursor to go on from', async () => {
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', someEvents(20));
    const follower = follow(subject.store, { after: before, maxBatch: 6 });
    await follower.caughtUp();
    await follower.stop();
    const given = (batch: Batch) => batch.events.every(({ cursor }) => cursor <= batch.upTo);
    expect(follower.batches.every(given)).toBe(true);
    let from = before;
    for (const batch of follower.batches.filter(({ events }) => events.length > 0)) {
      const limit = batch.events.length;
      expect(idsOf(await all(subject.store.readAll({ after: from, limit })))).toEqual(idsOf(batch.events));
      from = batch.upTo;
    }
  });
};

const handling = (subject: UnderTest): void => {
  it('never hands out two batches at once', async () => {
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', someEvents(50));
    let running = 0;
    let most = 0;
    const follower = follow(subject.store, {
      after: before,
      maxBatch: 5,
      onBatch: async () => {
        most = Math.max(most, ++running);
        await subject.store.append(aStream(), 'no_stream', [anEvent()]);
        await subject.store.head();
        running -= 1;
      },
    });
    await follower.until('60 events are seen', () => follower.seen.length >= 60);
    await follower.stop();
    await follower.done;
    expect(most).toBe(1);
  }, 60_000);

  it('ends with the error of its handler and delivers nothing further', async () => {
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', someEvents(20));
    const failure = new Error('the handler failed');
    const follower = follow(subject.store, {
      after: before,
      maxBatch: 5,
      onBatch: async () => {
        if (follower.seen.length >= 10) throw failure;
      },
    });
    await expect(follower.done).rejects.toBe(failure);
    const delivered = follower.batches.length;
    const other = follow(subject.store, { after: before });
    await subject.store.append(aStream(), 'no_stream', someEvents(5));
    await other.until('another one sees it', () => other.seen.length >= 25);
    await other.stop();
    expect(follower.batches).toHaveLength(delivered);
  });

  it('can be stopped inside its handler', async () => {
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', someEvents(20));
    const follower = follow(subject.store, {
      after: before,
      maxBatch: 5,
      onBatch: async () => {
        if (follower.seen.length > 0) await follower.stop();
      },
    });
    await follower.done;
    expect(follower.seen.length).toBeGreaterThan(0);
    expect(follower.seen.length).toBeLessThanOrEqual(5);
  });

  it('delivers nothing once it is stopped, and can be stopped twice', async () => {
    const follower = follow(subject.store, { after: 'end' });
    await follower.caughtUp();
    await follower.stop();
    await follower.stop();
    await follower.done;
    const delivered = follower.batches.length;
    const other = follow(subject.store, { after: await subject.store.head() });
    await subject.store.append(aStream(), 'no_stream', [anEvent()]);
    await other.until('another one sees it', () => other.seen.length >= 1);
    await other.stop();
    expect(follower.batches).toHaveLength(delivered);
  });

  it('does not disturb another one', async () => {
    const before = await subject.store.head();
    await subject.store.append(aStream(), 'no_stream', someEvents(40));
    const broken = follow(subject.store, {
      after: before,
      onBatch: () => Promise.reject(new Error('broken')),
    });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = follow(subject.store, { after: before, maxBatch: 10, onBatch: () => held });
    const quick = follow(subject.store, { after: before, maxBatch: 3 });
    await expect(broken.done).rejects.toThrow('broken');
    await quick.until('the quick one has seen everything', () => quick.seen.length >= 40);
    expect(slow.batches).toHaveLength(1);
    release();
    await slow.until('the slow one has seen everything', () => slow.seen.length >= 40);
    await Promise.all([slow.stop(), quick.stop()]);
    expect(idsOf(slow.seen)).toEqual(idsOf(quick.seen));
  });

  it('of impossible size is an invalid argument', async () => {
    await expect(follow(subject.store, { maxBatch: 0 }).done).rejects.toThrow(InvalidArgument);
  });
};

const interruptions = (subject: UnderTest): void => {
  it('comes back by itself after an interruption, without a gap or a repetition', async () => {
    const stream = aStream();
    const before = await subject.store.head();
    const follower = follow(subject.store, { after: before });
    for (let revision = -1; revision < 19; revision += 1) {
      if (revision % 8 === 3) await subject.log.interrupt?.();
      const expected = revision < 0 ? 'no_stream' : revision;
      await persistently(subject.store, stream, expected, [anEvent()]);
    }
    await follower.until('all of them are seen', () => follower.seen.length >= 20);
    await follower.stop();
    expect(follower.seen.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    await eventually('the log is well', async () => (await subject.store.health()).ok);
  }, 60_000);
};
