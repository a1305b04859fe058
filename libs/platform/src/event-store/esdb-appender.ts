import type { EventData } from '@eventstore/db-client';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.errors.js';
import type { Appended } from './event-store.js';
import type { EsdbConnection, EsdbGeneration } from './esdb-connection.js';
import type { Position } from './esdb-cursor.js';
import { appendError, isOutage } from './esdb-errors.js';
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
  /** By a monotonic clock. */
  private lastAnswer = 0;

  constructor(
    private readonly connection: EsdbConnection,
    private readonly identity: EsdbIdentity,
    private readonly reader: EsdbReader,
    private readonly silenceMs: number,
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
    const started = performance.now();
    try {
      const { nextExpectedRevision, position } = await within(timeoutMs, work, late, generation.ended);
      this.answered(generation);
      return { revision: Number(nextExpectedRevision), position: knownPosition(position) };
    } catch (thrown) {
      const error = appendError(thrown, stream, expected);
      if (isOutage(error)) this.unanswered(generation, error, started);
      else this.answered(generation);
      throw error;
    }
  }

  private answered(generation: EsdbGeneration): void {
    this.lastAnswer = performance.now();
    this.connection.report(generation);
  }

  /** The client goes on to use the shared call after the server has ended it with OK, and nobody is told: only the silence is noticed. */
  private unanswered(generation: EsdbGeneration, error: Error, started: number): void {
    const silentMs = performance.now() - Math.max(started, this.lastAnswer);
    if (silentMs >= this.silenceMs) this.connection.abandon(generation);
    else this.connection.report(generation, error);
  }

  /** Some servers do not say where a repeated append lies. */
  private async find({ stream }: AppendRequest, revision: number, timeoutMs: number): Promise<Position> {
    const unknown = () =>
      new AppendOutcomeUnknown(`the append to ${stream} was written, but not found in time`);
    const search = async (): Promise<Position> => {
      let found: Position | undefined;
      for await (const { position } of this.reader.stream({ stream, from: revision, limit: 1 }))
        found = position;
      if (!found) throw unknown();
      return found;
    };
    return within(timeoutMs, search(), unknown).catch((error: unknown) => {
      throw error instanceof AppendOutcomeUnknown ? error : unknown();
    });
  }
}
