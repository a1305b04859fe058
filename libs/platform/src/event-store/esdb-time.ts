/**
 * The outcome of the work, or a rejection with what `late` makes when the work takes longer or the signal aborts. The work
 * goes on; whatever becomes of it is then nobody's.
 */
export const within = <T>(
  milliseconds: number,
  work: Promise<T>,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const fail = () => {
      finish();
      reject(late());
    };
    const timer = setTimeout(fail, Math.max(0, milliseconds));
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', fail);
    };
    signal?.addEventListener('abort', fail);
    if (signal?.aborted) fail();
    work.finally(finish).then(resolve, reject);
  });

/** How much of a time allowance is left, by a monotonic clock. */
export const allowance = (milliseconds: number): (() => number) => {
  const end = performance.now() + milliseconds;
  return () => end - performance.now();
};
