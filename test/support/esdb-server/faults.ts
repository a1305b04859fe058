import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

/** What goes wrong, and what the server's version lacks. Every switch may be turned while the server runs. */
export class Faults {
  /** Calls are accepted and never answered. */
  silent = false;
  /** Appends are written, but nobody is told. */
  loseReplies = false;
  /** As a node that still starts. */
  notReady = false;
  /** As a follower: callers are sent to this port. */
  leaderPort: number | undefined;
  /** Subscriptions deliver every event twice and start again at the event they were to start after. */
  duplicates = false;
  /** Subscriptions are confirmed and then say nothing more, as in KurrentDB#3786. */
  stalledSubscriptions = false;
  /** Servers before 23.10 do not say it. */
  caughtUp = true;
  /** Servers before 21.10 do not have it: false makes clients use the older Append call. */
  batchAppend = true;
  /** Servers before 22.6 leave positions out of stream reads. */
  positions = true;
  /** Some servers leave the position out of the answer to a repeated append. */
  appendPositions = true;
  /** The server's clock before the client's: deadlines are absolute. */
  clockAheadMs = 0;
  /** The user may do nothing. */
  denied = false;

  /** The error that every call gets now, if any. */
  refusal(): Partial<ServiceError> | undefined {
    if (this.notReady) return { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };
    if (this.leaderPort !== undefined) return this.notLeader(this.leaderPort);
    return this.denied
      ? refused(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' })
      : undefined;
  }

  private notLeader(port: number): Partial<ServiceError> {
    return refused(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': `${port}`,
    });
  }
}

/** A gRPC error with the trailers that EventStoreDB's clients look at. */
export const refused = (
  code: status,
  details: string,
  trailers: Record<string, string>,
): Partial<ServiceError> => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
};
