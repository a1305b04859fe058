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

  it('begin anew before they take much memory', () => {
    tail.take(13, events(14, 498), 100);
    expect([positions(10), positions(13).length]).toEqual([[], 498]);
    tail.take(511, events(512, 1), 999_901);
    expect([positions(13), positions(511)]).toEqual([[], [512]]);
  });
});
