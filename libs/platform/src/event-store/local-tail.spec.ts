import type { RecordedEvent } from './event-store.js';
import { LocalTail } from './local-tail.js';

/** Events that know their positions. */
const events = (first: number, count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({ revision: first + index }) as RecordedEvent);

describe('the newest events', () => {
  let tail: LocalTail;
  const positions = (after: number, limit = 1000) => tail.after(after, limit).map(({ revision }) => revision);

  beforeEach(() => {
    tail = new LocalTail();
    tail.take(10, events(11, 3), 100);
  });

  it('are handed to whoever stands among them', () => {
    expect(positions(10)).toEqual([11, 12, 13]);
    expect(positions(11)).toEqual([12, 13]);
    expect(positions(10, 2)).toEqual([11, 12]);
    expect(positions(11, 1)).toEqual([12]);
    expect(tail.end).toBe(13);
  });

  it('are not known to whoever stands before or behind them', () => {
    expect(positions(9)).toEqual([]);
    expect(positions(13)).toEqual([]);
    expect(positions(14)).toEqual([]);
  });

  it('grow by what follows', () => {
    tail.take(13, events(14, 2), 100);
    expect(positions(10)).toEqual([11, 12, 13, 14, 15]);
    expect(positions(13)).toEqual([14, 15]);
  });

  it('never have a gap', () => {
    tail.take(14, events(15, 1), 100);
    expect(positions(12)).toEqual([]);
    expect(positions(14)).toEqual([15]);
  });

  it('stay where something older or nothing is taken', () => {
    tail.take(5, events(6, 5), 100);
    tail.take(11, events(12, 2), 100);
    tail.take(20, [], 0);
    expect(positions(10)).toEqual([11, 12, 13]);
  });

  it('begin anew with what overlaps them and goes on', () => {
    tail.take(11, events(12, 4), 100);
    expect(positions(11)).toEqual([12, 13, 14, 15]);
    expect(positions(10)).toEqual([]);
  });

  it('let go of older ones before they take much memory', () => {
    tail.take(13, events(14, 1998), 100);
    expect([positions(10), positions(13, 3000).length]).toEqual([[], 1998]);
    tail.take(2011, events(2012, 1), 1_999_901);
    expect([positions(13), positions(2011)]).toEqual([[], [2012]]);
  });

  it('stay at hand for whoever is a thousand behind, however few come at a time', () => {
    for (let position = 13; position < 5000; position += 1) {
      tail.take(position, events(position + 1, 1), 10);
      const behind = Math.max(10, position - 999);
      expect(positions(behind, 2000)).toHaveLength(position + 1 - behind);
    }
    expect(positions(4990)).toEqual([4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999, 5000]);
    expect(positions(2000)).toEqual([]);
  });

  it('are not changed under whoever was handed some', () => {
    const handed = tail.after(10, 1000);
    tail.take(13, events(14, 2), 100);
    expect(handed).toHaveLength(3);
  });
});
