const clientFiles = /[\\/]@eventstore[\\/]db-client[\\/]dist[\\/]/;

/**
 * Whether a rejection that nobody handles comes from inside the client: a late answer to an append that an error of another call has
 * already settled (`undefined is not iterable`), or a gRPC error thrown into a promise that the client itself dropped. Both are
 * harmless, because our own promise of that append was settled; unguarded, either ends the process.
 */
export const isClientDefect = (reason: unknown): boolean => {
  if (!(reason instanceof Error)) return false;
  if (reason instanceof TypeError) return clientFiles.test(reason.stack ?? '');
  return 'code' in reason && 'details' in reason && 'metadata' in reason && typeof reason.code === 'number';
};

const guard = (reason: unknown): void => {
  if (isClientDefect(reason)) return;
  // Without this listener the process would have ended: as the only one, leave it so.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
};

let holders = 0;

/** Keeps defects of the client from ending the process, until the answer is called. */
export const holdGuard = (): (() => void) => {
  if (holders === 0) process.on('unhandledRejection', guard);
  holders += 1;
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) process.off('unhandledRejection', guard);
  };
};
