import type {
  AllStreamResolvedEvent,
  EventStoreDBClient,
  ResolvedEvent,
  StreamingRead,
} from '@eventstore/db-client';
import { StoreUnavailable } from './event-store.errors.js';
import type { EsdbConnection } from './esdb-connection.js';
import { comparePositions, origin, type Position } from './esdb-cursor.js';
import { readError } from './esdb-errors.js';
import { EsdbInbox } from './esdb-inbox.js';
import { type EsdbRecord, recordOf } from './esdb-records.js';
import { within } from './esdb-time.js';

type Resolved = ResolvedEvent | AllStreamResolvedEvent;
type Opener = (client: EventStoreDBClient) => StreamingRead<Resolved>;

export interface StreamQuery {
  readonly stream: string;
  readonly from?: number | undefined;
  readonly direction?: 'forwards' | 'backwards' | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadScope {
  /** Aborted by the caller: the read rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Set for a read that the server may answer with "no such stream". */
  readonly stream?: string;
}

/** Events that may wait in the client: few, since one may have a megabyte. */
const highWaterMark = 2;

/** Reads of the server that always end: after silence, when the caller stops, when the client is given up. */
export class EsdbReader {
  constructor(
    private readonly connection: EsdbConnection,
    private readonly silenceMs: number,
  ) {}

  async *stream({
    stream,
    from,
    direction = 'forwards',
    limit,
    signal,
  }: StreamQuery): AsyncGenerator<EsdbRecord> {
    const start = direction === 'forwards' ? 'start' : 'end';
    const options = {
      direction,
      fromRevision: from === undefined ? start : BigInt(from),
      ...(limit === undefined ? {} : { maxCount: limit }),
      requiresLeader: true,
    } as const;
    const opener: Opener = (client) => client.readStream(stream, options, { highWaterMark });
    for await (const resolved of this.resolved(opener, { stream, signal })) {
      const record = recordOf(resolved);
      if (!record) throw new StoreUnavailable(`stream ${stream} holds an event that is no JSON object`);
      yield record;
    }
  }

  /** Everything of ours from a position on, inclusive. */
  async *all(from: Position, signal?: AbortSignal): AsyncGenerator<EsdbRecord> {
    const fromPosition = comparePositions(from, origin) === 0 ? ('start' as const) : from;
    const opener: Opener = (client) =>
      client.readAll({ fromPosition, requiresLeader: true }, { highWaterMark });
    for await (const resolved of this.resolved(opener, { signal })) {
      const record = recordOf(resolved);
      if (record) yield record;
    }
  }

  /**
   * The last event of ours, if any. Beyond it are only events of the server's own, seldom more than a few. Every page is read to its
   * end: servers close a connection on which too many calls are cancelled.
   */
  async last(signal?: AbortSignal): Promise<EsdbRecord | undefined> {
    for (let maxCount = 1; ; maxCount *= 4) {
      const options = {
        direction: 'backwards',
        fromPosition: 'end',
        maxCount,
        requiresLeader: true,
      } as const;
      const opener: Opener = (client) => client.readAll(options, { highWaterMark });
      let found: EsdbRecord | undefined;
      let seen = 0;
      for await (const resolved of this.resolved(opener, { signal })) {
        found ??= recordOf(resolved);
        seen += 1;
      }
      if (found || seen < maxCount) return found;
    }
  }

  /** Whatever a call of the client yields. */
  async *resolved(opener: Opener, { signal, stream }: ReadScope): AsyncGenerator<Resolved> {
    signal?.throwIfAborted();
    const generation = await within(this.silenceMs, this.connection.current(), silent);
    const call = opener(generation.client);
    const inbox = new EsdbInbox<Resolved>(call, () => call.cancel());
    const ended = signal ? AbortSignal.any([signal, generation.ended]) : generation.ended;
    try {
      for (;;) {
        const chunk = await this.chunk(inbox, ended);
        this.connection.report(generation);
        if (!chunk) return;
        for (const resolved of chunk) {
          yield resolved;
          signal?.throwIfAborted();
        }
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = readError(thrown, stream);
      this.connection.report(generation, error);
      throw error;
    } finally {
      inbox.close();
    }
  }

  private async chunk(inbox: EsdbInbox<Resolved>, ended: AbortSignal): Promise<Resolved[] | undefined> {
    const chunk = await inbox.take(highWaterMark, this.silenceMs, ended);
    if (chunk?.length === 0) throw silent();
    return chunk;
  }
}

const silent = () => new StoreUnavailable('the log is away: a read was not answered in time');
