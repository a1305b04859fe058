import { backoff } from './backoff.js';

describe('the wait before the next try', () => {
  it('doubles from a fifth of a second to half a minute', () => {
    const longest = (failure: number) => backoff(failure, () => 1);
    expect([0, 1, 2, 7, 8, 1_000_000].map(longest)).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
  });

  it('leaves its upper half to chance', () => {
    expect(backoff(1, () => 0)).toBe(200);
    expect(backoff(1, () => 0.5)).toBe(300);
  });
});
