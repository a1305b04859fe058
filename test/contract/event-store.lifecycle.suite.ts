import type { Cursor } from '#libs/kernel/src/event.js';
import { CursorMismatch, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import { all, anEvent, aStream, follow, idsOf, someEvents, type UnderTest } from './event-store.support.js';

export const lifecycleContract = (subject: UnderTest): void => {
  describe('a cursor', () => {
    cursors(subject);
  });
  describe('a handle on the log', () => {
    handles(subject);
  });
};

const cursors = (subject: UnderTest): void => {
  it('sorts as a string, survives JSON and means the same to another handle', async () => {
    const before = await subject.store.head();
    const events = someEvents(20);
    await subject.store.append(aStream(), 'no_stream', events);
    const recorded = await all(subject.store.readAll({ after: before }));
    const sorted = recorded.map(({ cursor }) => cursor).toSorted();
    expect(sorted).toEqual(recorded.map(({ cursor }) => cursor));
    expect(new Set(sorted.map((cursor) => cursor.length)).size).toBe(1);
    expect(before < (sorted[0] as string)).toBe(true);
    const kept = JSON.parse(JSON.stringify(sorted[9])) as Cursor;
    const other = await subject.log.open();
    expect(idsOf(await all(other.readAll({ after: kept })))).toEqual(idsOf(events.slice(10)));
    await other.close();
  });

  it('is compared in the order of the log', async () => {
    const before = await subject.store.head();
    const { cursor } = await subject.store.append(aStream(), 'no_stream', [anEvent()]);
    expect(subject.store.compareCursors(before, cursor)).toBe(-1);
    expect(subject.store.compareCursors(cursor, before)).toBe(1);
    expect(subject.store.compareCursors(cursor, cursor)).toBe(0);
  });

  it('of another log, or of no log at all, is refused', async () => {
    for (const after of [subject.log.foreignCursor(), 'nonsense' as Cursor, '' as Cursor]) {
      await expect(all(subject.store.readAll({ after }))).rejects.toThrow(CursorMismatch);
      await expect(follow(subject.store, { after }).done).rejects.toThrow(CursorMismatch);
    }
    const head = await subject.store.head();
    expect(() => subject.store.compareCursors(subject.log.foreignCursor(), head)).toThrow(CursorMismatch);
  });
};

const handles = (subject: UnderTest): void => {
  it('sees at once what another one was answered for', async () => {
    const other = await subject.log.open();
    const stream = aStream();
    const { cursor } = await other.append(stream, 'no_stream', [anEvent()]);
    expect(await all(subject.store.readStream(stream))).toHaveLength(1);
    expect(await subject.store.head()).toBe(cursor);
    const follower = follow(subject.store, { after: cursor });
    await follower.caughtUp();
    await other.append(stream, 0, [anEvent()]);
    await follower.until('the event of the other handle is seen', () => follower.seen.length === 1);
    await follower.stop();
    await other.close();
  });

  it('finishes what it accepted, then takes nothing new', async () => {
    const other = await subject.log.open();
    const stream = aStream();
    const follower = follow(other, { after: 'end' });
    await follower.caughtUp();
    const accepted = Array.from({ length: 20 }, () => other.append(aStream(), 'no_stream', [anEvent()]));
    const reading = other.readStream(stream);
    await Promise.all([other.close(), other.close()]);
    await other.close();
    expect((await Promise.all(accepted)).map(({ revision }) => revision)).toEqual(accepted.map(() => 0));
    await follower.done;
    await expect(other.append(stream, 'no_stream', [anEvent()])).rejects.toThrow(StoreUnavailable);
    await expect(other.head()).rejects.toThrow(StoreUnavailable);
    await expect(all(reading)).rejects.toThrow(StoreUnavailable);
    await expect(all(other.readAll())).rejects.toThrow(StoreUnavailable);
    await expect(follow(other).done).rejects.toThrow(StoreUnavailable);
    expect((await other.health()).ok).toBe(false);
    expect((await subject.store.health()).ok).toBe(true);
  });

  it('tells of its health', async () => {
    const { ok, detail } = await subject.store.health();
    expect(ok).toBe(true);
    expect(detail).not.toBe('');
  });
};
