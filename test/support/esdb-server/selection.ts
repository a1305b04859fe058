import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Stored, TransactionLog } from './log.js';
import { streamNameOf } from './messages.js';

export type ReadOptions = streams.ReadReq.Options;

const backwards = 1;
const defaultWindow = 32;

/** The events of a read, from its start (inclusive) in its direction, at most as many as asked for. */
export function* selected(log: TransactionLog, options: ReadOptions): Generator<Stored> {
  const { events, first } = options.hasAll() ? ofAll(log, options) : ofStream(log, options);
  const step = options.getReadDirection() === backwards ? -1 : 1;
  let left = Number(options.getCount());
  // The length is fixed at the start: what is appended meanwhile is not part of this read.
  const length = events.length;
  for (let index = first; index >= 0 && index < length && left > 0; index += step) {
    yield events[index] as Stored;
    left -= 1;
  }
}

const ofAll = (log: TransactionLog, options: ReadOptions) => {
  const from = options.getAll();
  const reversed = options.getReadDirection() === backwards;
  const position = from?.getPosition();
  if (position) return { events: log.all, first: log.indexFrom(BigInt(position.getCommitPosition())) };
  return { events: log.all, first: reversed || from?.hasEnd() ? log.all.length - (reversed ? 1 : 0) : 0 };
};

const ofStream = (log: TransactionLog, options: ReadOptions) => {
  const from = options.getStream();
  const events = log.stream(streamNameOf(from?.getStreamIdentifier())) ?? [];
  const reversed = options.getReadDirection() === backwards;
  if (from?.hasRevision()) {
    const revision = Number(from.getRevision());
    return { events, first: reversed ? Math.min(revision, events.length - 1) : revision };
  }
  return { events, first: from?.hasEnd() ? events.length - 1 : 0 };
};

/** Where a subscription looks for its next event, and which is the first: the one after its start. */
export const subscribed = (
  log: TransactionLog,
  options: ReadOptions,
): { first: number; at(index: number): Stored | undefined } => {
  if (options.hasStream()) return streamSource(log, options);
  const from = options.getAll();
  const position = from?.getPosition();
  const at = (index: number) => log.all[index];
  if (!position) return { first: from?.hasEnd() ? log.all.length : 0, at };
  return { first: log.indexFrom(BigInt(position.getCommitPosition()) + 1n), at };
};

const streamSource = (log: TransactionLog, options: ReadOptions) => {
  const from = options.getStream();
  const name = streamNameOf(from?.getStreamIdentifier());
  const at = (index: number) => log.stream(name)?.[index];
  if (from?.hasRevision()) return { first: Number(from.getRevision()) + 1, at };
  return { first: from?.hasEnd() ? (log.stream(name)?.length ?? 0) : 0, at };
};

export interface ServerFilter {
  passes(event: Stored): boolean;
  /** To be asked once for every event considered. */
  checkpointIsDue(): boolean;
}

/** A filter as the server understands it: .NET regular expressions, of which the tests use what JavaScript shares. */
export const serverFilter = (
  options: streams.ReadReq.Options.FilterOptions | undefined,
): ServerFilter | undefined => {
  if (!options) return undefined;
  const expression = options.getStreamIdentifier() ?? options.getEventType();
  const subject = (event: Stored) => (options.hasStreamIdentifier() ? event.stream : event.type);
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '', 'u');
  const interval =
    (options.hasMax() ? options.getMax() : defaultWindow) * options.getCheckpointintervalmultiplier();
  let considered = 0;
  return {
    passes: (event) =>
      prefixes.length > 0
        ? prefixes.some((prefix) => subject(event).startsWith(prefix))
        : regex.test(subject(event)),
    checkpointIsDue: () => (considered += 1) % interval === 0,
  };
};
