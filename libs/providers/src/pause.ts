const longestMs = 60_000;

/** How long to let something rest that failed so often in a row: a second, doubled each time, a minute at most. */
export const pauseMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), longestMs);
