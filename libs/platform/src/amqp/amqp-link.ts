import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { connectionOf } from './amqp-url.js';
import { declare, type Topology } from './topology.js';
import { within } from './within.js';

export interface AmqpMessage {
  readonly routingKey: string;
  readonly body: Buffer;
}

export interface LinkOptions {
  readonly url: string;
  readonly topology: Topology;
  /** Longest wait for what is declared, and for a batch to be confirmed; for the connection at most ten seconds of it. */
  readonly timeoutMs: number;
  /** The broker has become short of memory or disk, or is so no longer. */
  readonly onBlocked?: ((blocked: boolean) => void) | undefined;
}

// As oslo.messaging sends it; its readers drop a message of any other content type.
const properties = {
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  deliveryMode: 2,
  priority: 0,
  headers: {},
  // A message that no queue takes comes back to us, instead of being confirmed and gone.
  mandatory: true,
};

const atOnce = 64;
const connectingMs = 10_000;
const closingMs = 2_000;

const closeConnection = async (connection: ChannelModel): Promise<void> => {
  try {
    await within(closingMs, 'closing the connection', connection.close());
  } catch {
    // amqplib cannot give up a connection whose peer is silent; left open it would keep the process alive.
    (connection.connection as { stream?: { destroy(): void } }).stream?.destroy();
  }
};

/** One connection with one confirm channel. The first thing that goes wrong ends it for good; a new link starts afresh. */
export class AmqpLink {
  readonly #ended = new AbortController();
  readonly #inFlight = new Set<(error: Error) => void>();
  #closed: Promise<void> | undefined;
  #blocked = false;
  #heldUp = false;

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    private readonly options: LinkOptions,
    /** What the broker would not declare for us although it is there. */
    readonly refused: readonly string[],
  ) {
    const fail = (error: Error) => void this.#end(error);
    connection.on('error', fail);
    connection.on('close', (error?: Error) => fail(error ?? new Error('the connection was closed')));
    connection.on('blocked', () => {
      this.#blocked = this.#heldUp = true;
      options.onBlocked?.(true);
    });
    connection.on('unblocked', () => {
      this.#blocked = false;
      options.onBlocked?.(false);
    });
    channel.on('error', fail);
    channel.on('close', () => fail(new Error('the channel was closed')));
    channel.on('return', ({ fields }) =>
      fail(new Error(`exchange ${fields.exchange} has no queue for ${fields.routingKey}`)),
    );
  }

  static async open(options: LinkOptions): Promise<AmqpLink> {
    const { url, topology, timeoutMs } = options;
    const timeout = Math.min(timeoutMs, connectingMs);
    const connection = await connect(connectionOf(url), { timeout, noDelay: true });
    // Told by the rejection of whatever is under way as well; without a listener it would end the process.
    connection.on('error', () => undefined);
    try {
      const refused = await within(timeoutMs, 'declaring', declare(connection, topology));
      const channel = await within(timeoutMs, 'opening a channel', connection.createConfirmChannel());
      return new AmqpLink(connection, channel, options, refused);
    } catch (error) {
      await closeConnection(connection);
      throw error;
    }
  }

  get open(): boolean {
    return !this.#ended.signal.aborted;
  }

  /** The broker is short of memory or disk and takes nothing at the moment. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Resolves when the broker has put every message into a queue, in this order. What makes the messages must not throw. */
  async publish(messages: Iterable<AmqpMessage>): Promise<void> {
    this.#ended.signal.throwIfAborted();
    const batch = confirmations();
    this.#inFlight.add(batch.abandon);
    const deadline = setTimeout(() => this.#overdue(deadline), this.options.timeoutMs);
    try {
      await Promise.all([this.#write(messages, batch), batch.confirmed]);
    } catch (error) {
      await this.#end(error as Error);
      throw this.#ended.signal.reason;
    } finally {
      clearTimeout(deadline);
      this.#inFlight.delete(batch.abandon);
    }
  }

  /** What is not confirmed yet is rejected. */
  async close(): Promise<void> {
    await this.#end(new Error('the connection was closed by us'));
  }

  async #write(messages: Iterable<AmqpMessage>, batch: Confirmations): Promise<void> {
    const { exchange } = this.options.topology;
    const { signal } = this.#ended;
    let count = 0;
    for (const { routingKey, body } of messages) {
      count += 1;
      const ready = this.channel.publish(exchange, routingKey, body, properties, batch.settle);
      if (!ready) await once(this.channel, 'drain', { signal });
      // amqplib writes when the event loop turns: without this the broker would rest until the last message is made.
      else if (count % atOnce === 0) await setImmediate(undefined, { signal });
    }
    batch.sent(count);
  }

  /** A broker that said it is short of something may take its time; one that is silent may not. */
  #overdue(deadline: NodeJS.Timeout): void {
    if (!this.#heldUp)
      return void this.#end(new Error(`no confirmation within ${this.options.timeoutMs} ms`));
    this.#heldUp = this.#blocked;
    deadline.refresh();
  }

  #end(error: Error): Promise<void> {
    if (this.#closed !== undefined) return this.#closed;
    this.#ended.abort(error);
    this.#closed = closeConnection(this.connection);
    for (const abandon of this.#inFlight) abandon(error);
    return this.#closed;
  }
}

type Confirmations = ReturnType<typeof confirmations>;

/** Counts, instead of keeping a promise for each message as amqplib's `waitForConfirms` does. */
const confirmations = () => {
  let missing = 0;
  let all = false;
  let resolve: () => void;
  let reject: (error: Error) => void;
  const confirmed = new Promise<void>((...both) => ([resolve, reject] = both));
  const look = () => {
    if (all && missing === 0) resolve();
  };
  return {
    confirmed,
    settle: (error: Error | null) => {
      if (error !== null) return reject(error);
      missing -= 1;
      look();
    },
    sent: (count: number) => {
      missing += count;
      all = true;
      look();
    },
    abandon: (error: Error) => reject(error),
  };
};
