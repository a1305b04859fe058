import { EventStoreDBClient } from '@eventstore/db-client';
import { InvalidArgument, StoreUnavailable } from './event-store.errors.js';
import type { EsdbAddress } from './esdb-address.js';
import { isOutage } from './esdb-errors.js';
import { holdGuard } from './esdb-guard.js';
import { leaveOrphansAlone } from './esdb-orphans.js';
import { within } from './esdb-time.js';

/** A client and the time for which it is used. */
export interface EsdbGeneration {
  readonly client: EventStoreDBClient;
  /** Aborts when the client is given up: its calls then neither end nor fail by themselves. */
  readonly ended: AbortSignal;
}

interface Holder extends EsdbGeneration {
  readonly ending: AbortController;
}

const disposeMs = 2000;

/**
 * The one client of this process, replaced when it fails again and again: the client does not look for another node after some
 * errors, remembers a failed discovery for ever, and shares the table of pending appends between all clients. So the old one
 * is disposed of before the next one begins.
 */
export class EsdbConnection {
  private failures = 0;
  private holder: Holder | undefined;
  private replacing: Promise<void> | undefined;
  private closed = false;
  private readonly releaseGuard: () => void;

  constructor(
    private readonly address: EsdbAddress,
    /** After so many failures in a row, whoever they happened to. */
    private readonly patience: number,
  ) {
    leaveOrphansAlone();
    // Makes no connection yet, but finds out about files that are missing.
    this.holder = this.create();
    this.releaseGuard = holdGuard(() => {
      this.giveUp('the log is away: the client lost track of its appends');
    });
  }

  /** The client to use now. Rejects with `StoreUnavailable` when closed. */
  async current(): Promise<EsdbGeneration> {
    while (this.replacing) await this.replacing;
    if (this.closed) throw new StoreUnavailable('the log is closed');
    this.holder ??= this.create();
    return this.holder;
  }

  /** To be told how every call on a generation ended. */
  report({ client }: EsdbGeneration, error?: unknown): void {
    if (client !== this.holder?.client) return;
    if (error === undefined || !isOutage(error)) {
      this.failures = 0;
      return;
    }
    this.failures += 1;
    if (this.failures >= this.patience) this.giveUp('the log is away: the connection was given up');
  }

  /** For a generation that is known to be of no use any more. */
  abandon({ client }: EsdbGeneration): void {
    if (client === this.holder?.client) this.giveUp('the log is away: appends were not answered any more');
  }

  async close(): Promise<void> {
    this.closed = true;
    this.giveUp('the log is closed');
    await this.replacing;
    this.releaseGuard();
  }

  private giveUp(reason: string): void {
    const { holder } = this;
    if (!holder) return;
    this.holder = undefined;
    this.failures = 0;
    holder.ending.abort(new StoreUnavailable(reason));
    this.replacing = dispose(holder.client).finally(() => {
      this.replacing = undefined;
    });
  }

  private create(): Holder {
    const ending = new AbortController();
    return { client: this.connect(), ending, ended: ending.signal };
  }

  private connect(): EventStoreDBClient {
    try {
      return EventStoreDBClient.connectionString(this.address.forClient);
    } catch (error) {
      // Without the cause: the client's parser shows a part of the connection string.
      const missing =
        error instanceof Error && error.message.startsWith('Failed to load') ? `: ${error.message}` : '';
      throw new InvalidArgument(`the address of the event store is of no use${missing}`);
    }
  }
}

/** Never hangs and never fails: the client's own `dispose` waits for ever for a call that the server has ended. */
const dispose = async (client: EventStoreDBClient): Promise<void> => {
  await within(disposeMs, client.dispose(), () => new StoreUnavailable('the client did not let go')).catch(
    () => undefined,
  );
  // Left open, each channel that was given up would stay in gRPC's registry.
  const { getChannel } = client as unknown as { getChannel?: () => Promise<{ close(): void }> };
  const channel = getChannel?.().then((open) => {
    open.close();
  });
  await within(disposeMs, channel ?? Promise.resolve(), () => new StoreUnavailable('no channel')).catch(
    () => undefined,
  );
};
