import { randomUUID } from 'node:crypto';
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  InvalidArgument,
  StreamNotFound,
  WrongRevision,
} from '#libs/platform/src/event-store/event-store.errors.js';
import type { Appended, Expected, NewEvent } from '#libs/platform/src/event-store/event-store.js';
import {
  all,
  anEvent,
  aStream,
  idsOf,
  type NewEvents,
  persistently,
  someEvents,
  type UnderTest,
} from './event-store.support.js';

export const appendContract = (subject: UnderTest, able: { readonly stall?: boolean }): void => {
  describe('an append', () => {
    expectations(subject);
    repeats(subject);
    refusals(subject);
    if (able.stall) slowness(subject);
  });
};

const expectations = (subject: UnderTest): void => {
  it('to a new stream begins at revision 0', async () => {
    const appended = await subject.store.append(aStream(), 'no_stream', [anEvent()]);
    expect(appended.revision).toBe(0);
  });

  it('to a stream that should not exist but does is refused with its revision', async () => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', someEvents(3));
    const refused = subject.store.append(stream, 'no_stream', [anEvent()]);
    await expect(refused).rejects.toThrow(WrongRevision);
    await expect(refused).rejects.toMatchObject({ stream, expected: 'no_stream', actual: 2 });
  });

  it('at the exact revision succeeds', async () => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', someEvents(2));
    expect((await subject.store.append(stream, 1, someEvents(2))).revision).toBe(3);
  });

  it.each([0, 2, 5])('to a stream at revision 1 is refused when it expects %i', async (expected) => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', someEvents(2));
    const refused = subject.store.append(stream, expected, [anEvent()]);
    await expect(refused).rejects.toThrow(WrongRevision);
    await expect(refused).rejects.toMatchObject({ expected, actual: 1 });
  });

  it('to a missing stream is refused when it expects a revision', async () => {
    await expect(subject.store.append(aStream(), 0, [anEvent()])).rejects.toThrow(WrongRevision);
  });

  it('that expects an existing stream is refused when there is none, and succeeds when there is one', async () => {
    const stream = aStream();
    await expect(subject.store.append(stream, 'stream_exists', [anEvent()])).rejects.toThrow(WrongRevision);
    await subject.store.append(stream, 'no_stream', [anEvent()]);
    expect((await subject.store.append(stream, 'stream_exists', [anEvent()])).revision).toBe(1);
  });

  it('that expects nothing succeeds on a missing and on an existing stream', async () => {
    const stream = aStream();
    expect((await subject.store.append(stream, 'any', [anEvent()])).revision).toBe(0);
    expect((await subject.store.append(stream, 'any', [anEvent()])).revision).toBe(1);
  });

  it('of several events numbers them in order and answers for the last one', async () => {
    const stream = aStream();
    const events = someEvents(50);
    const appended = await subject.store.append(stream, 'no_stream', events);
    const recorded = await all(subject.store.readStream(stream));
    expect(idsOf(recorded)).toEqual(idsOf(events));
    expect(recorded.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    const cursors = recorded.map(({ cursor }) => cursor);
    expect(cursors.toSorted()).toEqual(cursors);
    expect(new Set(cursors).size).toBe(50);
    expect(appended).toEqual({ revision: 49, cursor: cursors[49] });
  });

  it('that loses its race writes none of its events', async () => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', [anEvent()]);
    await expect(subject.store.append(stream, 'no_stream', someEvents(10))).rejects.toThrow(WrongRevision);
    expect(await all(subject.store.readStream(stream))).toHaveLength(1);
  });

  it('wins alone among a hundred at the same revision', async () => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', [anEvent()]);
    const racers = Array.from({ length: 100 }, () => subject.store.append(stream, 0, [anEvent()]));
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const errors = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(errors.every((error) => error instanceof WrongRevision)).toBe(true);
    expect(await all(subject.store.readStream(stream))).toHaveLength(2);
  });

  it('to each of many streams at once succeeds, in one order for all', async () => {
    const before = await subject.store.head();
    const streams = Array.from({ length: 100 }, () => aStream());
    const appended = await Promise.all(
      streams.map((stream) => subject.store.append(stream, 'no_stream', someEvents(2))),
    );
    const mine = (await all(subject.store.readAll({ after: before }))).filter(({ stream }) =>
      streams.includes(stream),
    );
    expect(mine).toHaveLength(200);
    expect(new Set(mine.map(({ cursor }) => cursor)).size).toBe(200);
    expect(mine.filter(({ revision }) => revision === 1).map(({ cursor }) => cursor)).toEqual(
      appended.map(({ cursor }) => cursor).toSorted(),
    );
  });

  it('keeps Unicode, nested JSON and empty metadata, and lower-cases ids', async () => {
    const stream = `tested-${randomUUID()}-ñ☃`;
    const id = randomUUID();
    const data = { ключ: ['ü', null, true, 1.5, -7, { '😀': {}, '': '\u0000 "\\' }], empty: [] };
    const first = { id: id.toUpperCase(), type: 'Größe', data, metadata: {} };
    const second = { ...anEvent(), metadata: { reason: '雪', deep: { list: [1, [2, [3]]] } } };
    await subject.store.append(stream, 'no_stream', [first, second, anEvent()]);
    const recorded = await all(subject.store.readStream(stream));
    expect(recorded[0]).toMatchObject({ id, stream, type: 'Größe', metadata: {} });
    expect(recorded[0]?.data).toEqual(data);
    expect(recorded[1]?.metadata).toEqual(second.metadata);
    expect(recorded[2]?.metadata).toBeUndefined();
    expect(recorded[0]?.recordedAt).toBeInstanceOf(Date);
  });
};

const repeats = (subject: UnderTest): void => {
  const written = async (): Promise<{ stream: string; events: NewEvents; first: Appended }> => {
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', [anEvent()]);
    const events = someEvents(3);
    const first = await subject.store.append(stream, 0, events);
    await subject.store.append(stream, 3, [anEvent()]);
    return { stream, events, first };
  };

  it('that repeats an earlier one answers as the first did and writes nothing', async () => {
    const { stream, events, first } = await written();
    expect(await subject.store.append(stream, 0, events)).toEqual(first);
    const upper = events.map((event) => ({ ...event, id: event.id.toUpperCase() })) as NewEvents;
    expect(await subject.store.append(stream, 0, upper)).toEqual(first);
    expect(await all(subject.store.readStream(stream))).toHaveLength(5);
  });

  it('that repeats the first append to a stream answers as that one did', async () => {
    const stream = aStream();
    const events = someEvents(2);
    const first = await subject.store.append(stream, 'no_stream', events);
    expect(await subject.store.append(stream, 'no_stream', events)).toEqual(first);
  });

  it('that repeats the beginning of an earlier one is a repetition too', async () => {
    const { stream, events, first } = await written();
    const repeated = await subject.store.append(stream, 0, [events[0], events[1] as NewEvent]);
    expect(repeated.revision).toBe(2);
    expect(subject.store.compareCursors(repeated.cursor, first.cursor)).toBe(-1);
    expect(await all(subject.store.readStream(stream))).toHaveLength(5);
  });

  it.each([
    ['with another event behind', (events: NewEvents): NewEvents => [...events, anEvent()]],
    ['with other ids', (events: NewEvents): NewEvents => someEvents(events.length)],
    ['with one id changed', ([one, two]: NewEvents): NewEvents => [one, two as NewEvent, anEvent()]],
    [
      'in another order',
      ([one, two, three]: NewEvents): NewEvents => [two as NewEvent, one, three as NewEvent],
    ],
  ])('that repeats an earlier one %s is refused', async (_, changed) => {
    const { stream, events } = await written();
    await expect(subject.store.append(stream, 0, changed(events))).rejects.toThrow(WrongRevision);
    expect(await all(subject.store.readStream(stream))).toHaveLength(5);
  });

  it('made twice at the same moment is made once', async () => {
    const stream = aStream();
    const events = someEvents(2);
    const [one, two] = await Promise.all([
      subject.store.append(stream, 'no_stream', events),
      subject.store.append(stream, 'no_stream', events),
    ]);
    expect(one).toEqual(two);
    expect(await all(subject.store.readStream(stream))).toHaveLength(2);
  });
};

const cyclic = (): NewEvent['data'] => {
  const data: Record<string, unknown> = {};
  data['self'] = data;
  return data as NewEvent['data'];
};

const refusals = (subject: UnderTest): void => {
  const good = aStream();
  const id = randomUUID();

  it.each<[string, string, unknown, unknown]>([
    ['no events', good, 'no_stream', []],
    ['an id that is no UUID', good, 'no_stream', [anEvent({ id: 'seven' })]],
    ['the same id twice', good, 'no_stream', [anEvent({ id }), anEvent({ id: id.toUpperCase() })]],
    ['a system stream', '$settings-1', 'no_stream', [anEvent()]],
    ['a stream without a category', randomUUID().slice(0, 8), 'no_stream', [anEvent()]],
    ['a stream without an id', 'tested-', 'no_stream', [anEvent()]],
    ['an empty stream name', '', 'no_stream', [anEvent()]],
    ['a stream name that is too long', `tested-${'x'.repeat(194)}`, 'no_stream', [anEvent()]],
    ['a control character in the stream name', `${good}\n`, 'no_stream', [anEvent()]],
    ['half a character in the stream name', `${good}\ud83d`, 'no_stream', [anEvent()]],
    ['a system type', good, 'no_stream', [anEvent({ type: '$metadata' })]],
    ['an empty type', good, 'no_stream', [anEvent({ type: '' })]],
    ['a negative revision', good, -1, [anEvent()]],
    ['a fraction of a revision', good, 0.5, [anEvent()]],
    ['a revision beyond safe integers', good, 2 ** 53, [anEvent()]],
    ['an unknown expectation', good, 'whatever', [anEvent()]],
    ['data with a BigInt', good, 'no_stream', [anEvent({ data: { n: 1n } as never })]],
    ['cyclic data', good, 'no_stream', [anEvent({ data: cyclic() })]],
    ['cyclic metadata', good, 'no_stream', [anEvent({ metadata: cyclic() })]],
    ['data that is no object', good, 'no_stream', [anEvent({ data: [1] as never })]],
    ['no data', good, 'no_stream', [anEvent({ data: undefined as never })]],
  ])('of %s is an invalid argument and writes nothing', async (_, stream, expected, events) => {
    const refused = subject.store.append(stream, expected as Expected, events as NewEvents);
    await expect(refused).rejects.toThrow(InvalidArgument);
    await expect(all(subject.store.readStream(good))).rejects.toThrow(StreamNotFound);
  });

  it('of a name of exactly 200 characters succeeds', async () => {
    const stream = `tested-${randomUUID()}`.padEnd(200, 'x');
    await subject.store.append(stream, 'no_stream', [anEvent()]);
    expect(await all(subject.store.readStream(stream))).toHaveLength(1);
  });

  it('of more than 1,000 events or 900 KiB is too large, of just that it is not', async () => {
    const envelope = Buffer.byteLength('SomethingTested{"text":""}');
    const ofBytes = (bytes: number) => anEvent({ data: { text: 'é'.repeat((bytes - envelope) / 2) } });
    const limit = 900 * 1024;
    await expect(subject.store.append(aStream(), 'no_stream', someEvents(1001))).rejects.toThrow(
      AppendTooLarge,
    );
    await expect(subject.store.append(aStream(), 'no_stream', [ofBytes(limit + 2)])).rejects.toThrow(
      AppendTooLarge,
    );
    await subject.store.append(aStream(), 'no_stream', someEvents(1000));
    const stream = aStream();
    await subject.store.append(stream, 'no_stream', [ofBytes(limit)]);
    expect(await all(subject.store.readStream(stream))).toHaveLength(1);
  });
};

const slowness = (subject: UnderTest): void => {
  it('that is not answered in time has an unknown outcome, and repeating it settles it', async () => {
    const stream = aStream();
    const events = someEvents(2);
    const release = await subject.log.stall?.();
    try {
      const late = subject.store.append(stream, 'no_stream', events, { timeoutMs: 200 });
      await expect(late).rejects.toThrow(AppendOutcomeUnknown);
    } finally {
      await release?.();
    }
    const settled = await persistently(subject.store, stream, 'no_stream', events);
    expect(settled.revision).toBe(1);
    expect(idsOf(await all(subject.store.readStream(stream)))).toEqual(idsOf(events));
  }, 30_000);
};
