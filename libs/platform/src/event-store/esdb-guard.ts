const clientFiles = /[\\/]@eventstore[\\/]db-client[\\/]dist[\\/]/;

const isGrpcError = (reason: Error): boolean =>
  'code' in reason && 'details' in reason && 'metadata' in reason && typeof reason.code === 'number';

/**
 * Whether a rejection that nobody handles comes from inside the client: a late answer to an append that an error of another call has
 * already settled (`undefined is not iterable`), or a gRPC error thrown into a promise that the client itself dropped. Our own
 * promise of that append was settled before; unguarded, either ends the process.
 */
export const isClientDefect = (reason: unknown): boolean =>
  reason instanceof Error &&
  (isGrpcError(reason) || (reason.name === 'TypeError' && clientFiles.test(reason.stack ?? '')));

const holders = new Set<() => void>();

const guard = (reason: unknown): void => {
  if (isClientDefect(reason)) {
    for (const defective of holders) defective();
    return;
  }
  // Without this listener the process would have ended: as the only one, leave it so.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
};

/**
 * Keeps defects of the client from ending the process, until the answer is called. `defective` is told of each: the call in
 * which it happened reads nothing any more.
 */
export const holdGuard = (defective: () => void): (() => void) => {
  if (holders.size === 0) process.on('unhandledRejection', guard);
  // Two holders may give the same function.
  const holder = () => {
    defective();
  };
  holders.add(holder);
  return () => {
    if (holders.delete(holder) && holders.size === 0) process.off('unhandledRejection', guard);
  };
};
