import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  EventStoreError,
  StoreUnavailable,
  StreamNotFound,
  WrongRevision,
} from './event-store.errors.js';
import type { Expected } from './event-store.js';

/** What is known about an error of the client: a type if the client understood it, else perhaps gRPC's bare code. */
interface ClientError extends Error {
  readonly type?: string;
  readonly code?: number;
  readonly streamName?: string;
  readonly expectedVersion?: bigint | string;
  readonly actualVersion?: bigint | string;
}

const asClientError = (error: unknown): ClientError =>
  error instanceof Error ? error : new Error(`not an error: ${typeof error}`);

const said = (error: ClientError): string => error.message || error.type || error.name;

const sameExpectation = (ours: Expected, theirs: bigint | string | undefined): boolean =>
  typeof ours === 'number' ? theirs === BigInt(ours) : theirs === ours;

/** Servers before 20.6.1 report expectation and actual revision wrongly, together. */
const actualOf = (error: ClientError, expected: Expected): number | 'no_stream' | undefined => {
  if (!sameExpectation(expected, error.expectedVersion)) return undefined;
  return typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : 'no_stream';
};

/**
 * The client asks for the server's features before it sends an append, and passes on what that gives as it is: an error that has
 * a gRPC code but not the client's type, or the failure to find a node.
 */
const wasNeverSent = (error: ClientError): boolean =>
  error.type === undefined &&
  (typeof error.code === 'number' || error.message.startsWith('Failed to discover'));

const decided = (error: ClientError, stream: string, expected: Expected): EventStoreError | undefined => {
  switch (error.type ?? '') {
    case 'wrong-expected-version':
      if (error.streamName !== stream) return undefined;
      return new WrongRevision(stream, expected, actualOf(error, expected), { cause: error });
    case 'maximum-append-size-exceeded':
      return new AppendTooLarge(`the server refuses an append of this size to ${stream}`, { cause: error });
    case 'access-denied':
    case 'stream-deleted':
      // With a code it is the end of the shared call, which tells nothing about a single append.
      if (error.code !== undefined) return undefined;
      return new StoreUnavailable(`the server refuses appends to ${stream}: ${error.type}`, { cause: error });
    default:
      return undefined;
  }
};

/**
 * What an error of an append means to the caller. Only the server's answer to this very append is a decision: an error of the shared
 * call, also of another client's, rejects every append that is under way, and those may have been written.
 */
export const appendError = (thrown: unknown, stream: string, expected: Expected): EventStoreError => {
  if (thrown instanceof EventStoreError) return thrown;
  const error = asClientError(thrown);
  if (wasNeverSent(error)) return new StoreUnavailable(`the log is away: ${said(error)}`, { cause: error });
  return (
    decided(error, stream, expected) ??
    new AppendOutcomeUnknown(`the append to ${stream} was not answered: ${said(error)}`, { cause: error })
  );
};

/** What an error of a read or a subscription means to the caller. */
export const readError = (thrown: unknown, stream: string | undefined): Error => {
  if (thrown instanceof EventStoreError) return thrown;
  const error = asClientError(thrown);
  if (error.type === 'stream-not-found' && stream !== undefined)
    return new StreamNotFound(stream, { cause: error });
  return new StoreUnavailable(`the log is away: ${said(error)}`, { cause: error });
};

/** Whether an error says something about the connection, rather than about the request. */
export const isOutage = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof AppendOutcomeUnknown;
