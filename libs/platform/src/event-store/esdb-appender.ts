import type { EventData } from '@eventstore/db-client';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.errors.js';
import type { Appended } from './event-store.js';
import type { EsdbConnection, EsdbGeneration } from './esdb-connection.js';
import type { Position } from './esdb-cursor.js';
import { appendError } from './esdb-errors.js';
import type { EsdbIdentity } from './esdb-identity.js';
import type { EsdbReader } from './esdb-reader.js';
import { knownPosition } from './esdb-records.js';
import { allowance, within } from './esdb-time.js';
import type { AppendRequest, PreparedEvent } from './requests.js';

interface Written {
  readonly revision: number;
  readonly position: Position | undefined;
}

const utf8 = new TextEncoder();

// Parsed from text that was already written as JSON once: the client's own writing, which never settles when it fails, cannot fail.
const eventData = ({ id, type, data, metadata }: PreparedEvent): EventData => ({
  id,
  type,
  contentType: 'application/json',
  data: JSON.parse(data) as JsonObject & Record<string, unknown>,
  metadata: metadata === null ? undefined : utf8.encode(metadata),
});

/** Appends that always end: with the server's answer, or with what is known without it. */
export class EsdbAppender {
  constructor(
    private readonly connection: EsdbConnection,
    private readonly identity: EsdbIdentity,
    private readonly reader: EsdbReader,
  ) {}

  async append(request: AppendRequest, timeoutMs: number): Promise<Appended> {
    const left = allowance(timeoutMs);
    const away = () => new StoreUnavailable('the log is away: nothing was written');
    const cursors = await within(left(), this.identity.cursors(), away);
    const generation = await within(left(), this.connection.current(), away);
    const { revision, position } = await this.write(generation, request, left());
    return { revision, cursor: cursors.encode(position ?? (await this.find(request, revision, left()))) };
  }

  private async write(
    generation: EsdbGeneration,
    request: AppendRequest,
    timeoutMs: number,
  ): Promise<Written> {
    const { stream, expected } = request;
    const late = () => new AppendOutcomeUnknown(`the append to ${stream} was not answered in time`);
    const work = generation.client.appendToStream(stream, request.events.map(eventData), {
      expectedRevision: typeof expected === 'number' ? BigInt(expected) : expected,
      requiresLeader: true,
    });
    try {
      const { nextExpectedRevision, position } = await within(timeoutMs, work, late, generation.ended);
      this.connection.report(generation);
      return { revision: Number(nextExpectedRevision), position: knownPosition(position) };
    } catch (thrown) {
      const error = appendError(thrown, stream, expected);
      this.connection.report(generation, error);
      throw error;
    }
  }

  /** Some servers do not say where a repeated append lies. */
  private async find({ stream }: AppendRequest, revision: number, timeoutMs: number): Promise<Position> {
    const unknown = () =>
      new AppendOutcomeUnknown(`the append to ${stream} was written, but not found in time`);
    const search = async (): Promise<Position> => {
      for await (const { position } of this.reader.stream({ stream, from: revision, limit: 1 }))
        return position;
      throw unknown();
    };
    return within(timeoutMs, search(), unknown).catch((error: unknown) => {
      throw error instanceof AppendOutcomeUnknown ? error : unknown();
    });
  }
}
