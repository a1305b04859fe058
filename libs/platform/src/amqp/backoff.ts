const firstMs = 200;
const longestMs = 30_000;

/**
 * Milliseconds to wait after the given failure in a row, 0-based: 200 doubling to 30,000, of which the upper half is left to
 * chance, so that many clients do not come back at once.
 */
export const backoff = (failure: number, random: () => number = Math.random): number => {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failure, 16));
  return longest / 2 + (random() * longest) / 2;
};
