import { AppendTooLarge, InvalidArgument } from './event-store.errors.js';
import type {
  Expected,
  Filter,
  NewEvent,
  ReadAllOptions,
  ReadStreamOptions,
  SubscribeOptions,
} from './event-store.js';

/** The most that one append may hold; EventStoreDB refuses more than 1 MiB. */
export const mostEvents = 1000;
export const mostBytes = 900 * 1024;

/** An event whose JSON was written once, so that size, storage and the wire agree about it. */
export interface PreparedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string | null;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly PreparedEvent[];
  /** UTF-8 bytes of types, data and metadata. */
  readonly bytes: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const streamName = /^[A-Za-z][A-Za-z0-9]*-./u;
// oxlint-disable-next-line no-control-regex -- refusing them is the point
const control = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;
const longestName = 200;

const shown = (value: unknown) =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 50)) : typeof value;

const checkName = (what: string, name: unknown): string => {
  if (typeof name !== 'string' || name === '')
    throw new InvalidArgument(`a ${what} must be a string that is not empty`);
  if (name.length > longestName) throw new InvalidArgument(`a ${what} has at most ${longestName} characters`);
  if (name.startsWith('$')) throw new InvalidArgument(`a ${what} must not begin with $: ${shown(name)}`);
  if (control.test(name))
    throw new InvalidArgument(`a ${what} must be Unicode text without control characters: ${shown(name)}`);
  return name;
};

/** Throws `InvalidArgument` unless the name is `<category>-<id>` of at most 200 characters. */
export const checkStream = (stream: unknown): void => {
  if (!streamName.test(checkName('stream name', stream)))
    throw new InvalidArgument(`a stream name must be <category>-<id>: ${shown(stream)}`);
};

/** The part of a stream's name before the first dash. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const checkNatural = (what: string, value: unknown, least: 0 | 1): void => {
  if (value !== undefined && (!isNatural(value) || (value as number) < least))
    throw new InvalidArgument(`${what} must be an integer of at least ${least}`);
};

const checkExpected = (expected: unknown): void => {
  if (expected === 'no_stream' || expected === 'stream_exists' || expected === 'any') return;
  if (!isNatural(expected))
    throw new InvalidArgument(
      `an expected revision is an integer of at least 0, no_stream, stream_exists or any`,
    );
};

const written = (what: string, value: unknown): string => {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw new InvalidArgument(`the ${what} of an event cannot be written as JSON`, { cause: error });
  }
  if (json?.[0] !== '{') throw new InvalidArgument(`the ${what} of an event must be a JSON object`);
  return json;
};

const prepared = ({ id, type, data, metadata }: NewEvent): PreparedEvent => {
  if (typeof id !== 'string' || !uuid.test(id))
    throw new InvalidArgument(`an event id must be a UUID: ${shown(id)}`);
  return {
    id: id.toLowerCase(),
    type: checkName('event type', type),
    data: written('data', data),
    metadata: metadata === undefined ? null : written('metadata', metadata),
  };
};

const sizeOf = ({ type, data, metadata }: PreparedEvent): number =>
  Buffer.byteLength(type) + Buffer.byteLength(data) + (metadata === null ? 0 : Buffer.byteLength(metadata));

/** What every store checks before it does anything. Throws `InvalidArgument` or `AppendTooLarge`. */
export const appendRequest = (
  stream: string,
  expected: Expected,
  events: readonly NewEvent[],
): AppendRequest => {
  checkStream(stream);
  checkExpected(expected);
  if (!Array.isArray(events) || events.length === 0)
    throw new InvalidArgument('an append needs at least one event');
  if (events.length > mostEvents)
    throw new AppendTooLarge(`an append has at most ${mostEvents} events, not ${events.length}`);
  const ready = events.map(prepared);
  if (ready.length > 1 && new Set(ready.map(({ id }) => id)).size < ready.length)
    throw new InvalidArgument('the ids of the events of an append must differ');
  const bytes = ready.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > mostBytes) throw new AppendTooLarge(`an append has at most ${mostBytes} bytes, not ${bytes}`);
  return { stream, expected, events: ready, bytes };
};

/** Throws `InvalidArgument` for what no stream can be asked. */
export const checkStreamRead = (stream: string, { from, direction, limit }: ReadStreamOptions): void => {
  checkStream(stream);
  checkNatural('from', from, 0);
  checkNatural('limit', limit, 1);
  if (direction !== undefined && direction !== 'forwards' && direction !== 'backwards')
    throw new InvalidArgument('direction must be forwards or backwards');
};

const checkFilter = (filter: Filter | undefined): void => {
  for (const name of [...(filter?.categories ?? []), ...(filter?.types ?? [])])
    checkName('name in a filter', name);
};

/** Throws `InvalidArgument` for what no log can be asked; the cursor is the store's own business. */
export const checkAllRead = ({ limit, filter }: ReadAllOptions): void => {
  checkNatural('limit', limit, 1);
  checkFilter(filter);
};

/** As `checkAllRead`, for a subscription. */
export const checkSubscribe = ({ maxBatch, filter }: SubscribeOptions): void => {
  checkNatural('maxBatch', maxBatch, 1);
  checkFilter(filter);
};

/** The filter as a question about one event. An empty or absent list lets everything through. */
export const matcher = (filter: Filter | undefined): ((stream: string, type: string) => boolean) => {
  const categories = filter?.categories?.length ? new Set(filter.categories) : undefined;
  const types = filter?.types?.length ? new Set(filter.types) : undefined;
  return (stream, type) => (types?.has(type) ?? true) && (categories?.has(categoryOf(stream)) ?? true);
};
