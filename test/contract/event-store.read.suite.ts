import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { InvalidArgument, StreamNotFound } from '#libs/platform/src/event-store/event-store.errors.js';
import type { ReadStreamOptions } from '#libs/platform/src/event-store/event-store.js';
import {
  aCategory,
  all,
  anEvent,
  aStream,
  eventually,
  idsOf,
  someEvents,
  type UnderTest,
} from './event-store.support.js';

export const readContract = (subject: UnderTest): void => {
  describe('reading a stream', () => {
    streams(subject);
  });
  describe('reading the log', () => {
    wholeLog(subject);
  });
  describe('a reader', () => {
    readers(subject);
  });
};

const streams = (subject: UnderTest): void => {
  const stream = aStream();
  beforeAll(() => subject.store.append(stream, 'no_stream', someEvents(10)));

  it.each<[ReadStreamOptions, number[]]>([
    [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ limit: 3 }, [0, 1, 2]],
    [{ from: 7 }, [7, 8, 9]],
    [{ from: 7, limit: 2 }, [7, 8]],
    [{ from: 8, limit: 100 }, [8, 9]],
    [{ from: 10 }, []],
    [{ from: 1000, limit: 5 }, []],
    [{ direction: 'backwards' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [{ direction: 'backwards', limit: 1 }, [9]],
    [{ direction: 'backwards', from: 4, limit: 2 }, [4, 3]],
    [{ direction: 'backwards', from: 1, limit: 100 }, [1, 0]],
    [{ direction: 'backwards', from: 1000, limit: 2 }, [9, 8]],
  ])('with %j yields the revisions %j', async (options, revisions) => {
    const events = await all(subject.store.readStream(stream, options));
    expect(events.map(({ revision }) => revision)).toEqual(revisions);
    expect(events.every((event) => event.stream === stream)).toBe(true);
  });

  it('that does not exist says so', async () => {
    const missing = aStream();
    await expect(all(subject.store.readStream(missing))).rejects.toThrow(StreamNotFound);
    await expect(all(subject.store.readStream(missing, { direction: 'backwards' }))).rejects.toThrow(missing);
  });

  it.each<[string, string, ReadStreamOptions]>([
    ['of the system', '$settings', {}],
    ['without a name', '', {}],
    ['from before its first revision', stream, { from: -1 }],
    ['from between two revisions', stream, { from: 1.5 }],
    ['with a limit of nothing', stream, { limit: 0 }],
    ['with a limit that is no number', stream, { limit: Number.NaN }],
    ['sideways', stream, { direction: 'sideways' as never }],
  ])('%s is an invalid argument', async (_, name, options) => {
    await expect(all(subject.store.readStream(name, options))).rejects.toThrow(InvalidArgument);
  });

  it('of 10,000 events is complete and in order', async () => {
    const long = aStream();
    const ids: string[] = [];
    for (let appended = 0; appended < 10_000; appended += 1000) {
      const events = someEvents(1000);
      ids.push(...idsOf(events));
      await subject.store.append(long, appended === 0 ? 'no_stream' : appended - 1, events);
    }
    expect(idsOf(await all(subject.store.readStream(long)))).toEqual(ids);
    expect(idsOf(await all(subject.store.readStream(long, { direction: 'backwards' })))).toEqual(
      ids.toReversed(),
    );
  }, 60_000);
};

const wholeLog = (subject: UnderTest): void => {
  it('resumes after every event without a gap or a repetition', async () => {
    const before = await subject.store.head();
    const streams = [aStream(), aStream(), aStream()];
    for (const stream of streams) await subject.store.append(stream, 'no_stream', someEvents(3));
    for (const stream of streams) await subject.store.append(stream, 2, someEvents(2));
    const events = await all(subject.store.readAll({ after: before }));
    expect(events).toHaveLength(15);
    for (const [index, { cursor }] of events.entries())
      expect(idsOf(await all(subject.store.readAll({ after: cursor })))).toEqual(
        idsOf(events.slice(index + 1)),
      );
    expect(await subject.store.head()).toBe(events.at(-1)?.cursor);
  });

  it('stops at its limit', async () => {
    const before = await subject.store.head();
    const events = someEvents(5);
    await subject.store.append(aStream(), 'no_stream', events);
    expect(idsOf(await all(subject.store.readAll({ after: before, limit: 3 })))).toEqual(
      idsOf(events.slice(0, 3)),
    );
    expect(await all(subject.store.readAll({ after: before, limit: 100 }))).toHaveLength(5);
  });

  it('filters by category, by type and by both', async () => {
    const [one, two] = [aCategory(), aCategory()];
    const before = await subject.store.head();
    await subject.store.append(aStream(one), 'no_stream', [anEvent({ type: 'A' }), anEvent({ type: 'B' })]);
    await subject.store.append(aStream(two), 'no_stream', [anEvent({ type: 'A' }), anEvent({ type: 'AB' })]);
    await subject.store.append(aStream(`${one}x`), 'no_stream', [anEvent({ type: 'B' })]);
    const types = async (filter: { categories?: string[]; types?: string[] }) =>
      (await all(subject.store.readAll({ after: before, filter }))).map(({ type }) => type);
    expect(await types({ categories: [one] })).toEqual(['A', 'B']);
    expect(await types({ categories: [one, two] })).toEqual(['A', 'B', 'A', 'AB']);
    expect(await types({ types: ['A'] })).toEqual(['A', 'A']);
    expect(await types({ types: ['B', 'AB'] })).toEqual(['B', 'AB', 'B']);
    expect(await types({ categories: [two], types: ['A', 'B'] })).toEqual(['A']);
    expect(await types({ types: ['a.*'] })).toEqual([]);
    expect(
      await all(subject.store.readAll({ after: before, limit: 1, filter: { types: ['AB'] } })),
    ).toHaveLength(1);
  });

  it('shows nothing of the system', async () => {
    await subject.store.append(aStream(), 'no_stream', [anEvent()]);
    const system = (await all(subject.store.readAll())).filter(
      ({ stream, type }) => stream.startsWith('$') || type.startsWith('$'),
    );
    expect(system).toEqual([]);
  }, 60_000);

  it('refuses a limit that is no positive integer', async () => {
    await expect(all(subject.store.readAll({ limit: -1 }))).rejects.toThrow(InvalidArgument);
    await expect(all(subject.store.readAll({ limit: 1.5 }))).rejects.toThrow(InvalidArgument);
  });
};

const heapUsed = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
};

const readers = (subject: UnderTest): void => {
  it('that leaves early leaves nothing open', async () => {
    const stream = aStream();
    const before = await subject.store.head();
    for (let round = 0; round < 4; round += 1)
      await subject.store.append(stream, round === 0 ? 'no_stream' : round * 1000 - 1, someEvents(1000));
    let seen = 0;
    for await (const _ of subject.store.readStream(stream)) if (++seen % 10 === 0) break;
    for await (const _ of subject.store.readAll({ after: before })) if (++seen % 10 === 0) break;
    expect(seen).toBe(20);
    await eventually('no read is open', () => (subject.log.openReads?.() ?? 0) === 0);
  }, 30_000);

  it('stops when its signal aborts, before and while it reads', async () => {
    const stream = aStream();
    const before = await subject.store.head();
    await subject.store.append(stream, 'no_stream', someEvents(10));
    const aborted = AbortSignal.abort();
    await expect(all(subject.store.readStream(stream, { signal: aborted }))).rejects.toThrow(/aborted/);
    await expect(all(subject.store.readAll({ after: before, signal: aborted }))).rejects.toThrow(/aborted/);
    const reason = new Error(`enough ${randomUUID()}`);
    for (const read of ['readStream', 'readAll'] as const) {
      const controller = new AbortController();
      const { signal } = controller;
      const events =
        read === 'readAll'
          ? subject.store.readAll({ after: before, signal })
          : subject.store.readStream(stream, { signal });
      let seen = 0;
      const reading = async () => {
        for await (const _ of events) if (++seen === 3) controller.abort(reason);
      };
      await expect(reading()).rejects.toBe(reason);
      expect(seen).toBe(3);
    }
  });

  it('that is slow does not make the log pile up in memory', async () => {
    const before = await subject.store.head();
    const text = 'x'.repeat(800_000);
    for (let index = 0; index < 48; index += 1)
      await subject.store.append(aStream(), 'no_stream', [anEvent({ data: { text } })]);
    const atFirst = heapUsed();
    const events = subject.store.readAll({ after: before })[Symbol.asyncIterator]();
    await events.next();
    for (let turn = 0; turn < 20; turn += 1) await subject.store.head();
    // The memory of buffers is given back by a thread of the engine's own, which may be late.
    await eventually('what was read is let go', () => heapUsed() - atFirst < 20_000_000);
    let left = 0;
    while (!(await events.next()).done) left += 1;
    expect(left).toBe(47);
  }, 60_000);
};
