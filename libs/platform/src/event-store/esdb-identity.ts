import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import {
  AppendOutcomeUnknown,
  StoreUnavailable,
  StreamNotFound,
  WrongRevision,
} from './event-store.errors.js';
import type { EsdbConnection } from './esdb-connection.js';
import { EsdbCursors } from './esdb-cursor.js';
import { appendError } from './esdb-errors.js';
import type { EsdbReader } from './esdb-reader.js';
import { identityStream } from './esdb-records.js';
import { within } from './esdb-time.js';

const attempts = 3;

/**
 * Which cluster this is: an identifier written once, by whoever comes first, into a stream of its own. Nothing that the server says
 * about itself (addresses, node and instance ids, epochs) stays the same over restarts, elections and restores, and differs
 * between clusters.
 */
export class EsdbIdentity {
  private known: EsdbCursors | undefined;
  private asking: Promise<EsdbCursors> | undefined;

  constructor(
    private readonly connection: EsdbConnection,
    private readonly reader: EsdbReader,
    private readonly timeoutMs: number,
  ) {}

  /** Without asking the server; undefined until somebody has. */
  get cached(): EsdbCursors | undefined {
    return this.known;
  }

  /** Rejects with `StoreUnavailable` while the server does not answer. */
  async cursors(): Promise<EsdbCursors> {
    if (this.known) return this.known;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<EsdbCursors> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const storeId = (await this.read()) ?? (await this.write());
      if (storeId !== undefined) return (this.known = new EsdbCursors(storeId));
    }
    throw new StoreUnavailable(`the log cannot be identified: stream ${identityStream} is not readable`);
  }

  private async read(): Promise<string | undefined> {
    const opener = (client: EventStoreDBClient) =>
      client.readStream(identityStream, { maxCount: 1, requiresLeader: true });
    try {
      for await (const { event } of this.reader.resolved(opener, { stream: identityStream })) {
        const data = event?.data as { readonly storeId?: unknown } | undefined;
        if (typeof data?.storeId === 'string') return data.storeId;
      }
    } catch (error) {
      if (!(error instanceof StreamNotFound)) throw error;
    }
    return undefined;
  }

  /** Undefined when another process was faster, or may have been. */
  private async write(): Promise<string | undefined> {
    const storeId = randomUUID();
    const event = jsonEvent({ type: 'StoreIdentified', data: { storeId } });
    const generation = await this.connection.current();
    const work = generation.client.appendToStream(identityStream, event, {
      expectedRevision: 'no_stream',
      requiresLeader: true,
    });
    try {
      await within(this.timeoutMs, work, () => new StoreUnavailable('the log is away'), generation.ended);
      this.connection.report(generation);
      return storeId;
    } catch (thrown) {
      const error = appendError(thrown, identityStream, 'no_stream');
      this.connection.report(generation, error);
      if (error instanceof WrongRevision || error instanceof AppendOutcomeUnknown) return undefined;
      throw error;
    }
  }
}
