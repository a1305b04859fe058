import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Cursor } from '#libs/kernel/src/event.js';
import { encode, queueOf, type OsloMessage } from '#libs/notifications/src/oslo.js';
import type { AmqpMessage } from '#libs/platform/src/amqp/amqp-link.js';
import type { AmqpPublisher } from '#libs/platform/src/amqp/amqp-publisher.js';
import { backoff } from '#libs/platform/src/amqp/backoff.js';
import { within } from '#libs/platform/src/amqp/within.js';
import { CheckpointFile } from '#libs/platform/src/checkpoint-file.js';
import { Config } from '#libs/platform/src/config/config.js';
import { EventStore, type Batch, type Subscription } from '#libs/platform/src/event-store/event-store.js';
import { Announcer } from './announcer.js';
import { brokerOf } from './broker.js';

export interface PublisherHealth {
  readonly ok: boolean;
  readonly detail: string;
  readonly connected: boolean;
  /** Since when what is tried fails; null while it does not. */
  readonly awaySince: Date | null;
  /** Everything up to here is with the broker; undefined before the first event. */
  readonly cursor: Cursor | undefined;
  /** Notifications confirmed since the process started. */
  readonly published: number;
  /** Events that nobody was told of, since their type or shape is not known here. */
  readonly skipped: number;
}

const stoppingMs = 5_000;
const maxBatch = 1_000;

/**
 * Reads the log from its checkpoint and tells the broker, in log order: a batch is confirmed before the checkpoint moves. While
 * the broker is away the same batch is tried again, for as long as that takes. Does nothing when no broker is configured.
 */
@Injectable()
export class Publisher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Publisher');
  readonly #stopping = new AbortController();
  readonly #broker: AmqpPublisher | undefined;
  readonly #announcer: Announcer;
  readonly #checkpoint: CheckpointFile;
  readonly #queues: readonly string[];
  #running: Promise<void> | undefined;
  #subscription: Subscription | undefined;
  #noting: Promise<void> | undefined;
  #cursor: Cursor | undefined;
  #trouble: string | undefined;
  #troubleSince: Date | null = null;
  #published = 0;

  constructor(
    private readonly store: EventStore,
    config: Config,
  ) {
    this.#announcer = new Announcer(config.CRATON_NOTIFICATION_PUBLISHER_ID, this.#log);
    this.#checkpoint = new CheckpointFile(join(config.CRATON_DATA_DIR, 'publisher.checkpoint.json'));
    this.#queues = config.CRATON_NOTIFICATION_TOPICS.map((topic) => queueOf(topic));
    this.#broker = brokerOf(config, this.#queues, (words) => this.#log.warn(words));
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Begins in the background; what goes wrong there is told by `health` and tried again. */
  start(): void {
    if (this.#broker !== undefined) this.#running ??= this.#run(this.#broker);
  }

  /** Gives the batch under way five seconds, and five more while the connection closes; what is not confirmed by then is sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const quiet = Promise.all([this.#subscription?.stop(), this.#running]).then(() => this.#noting);
    await within(stoppingMs, 'stopping', quiet).catch((error: Error) => this.#log.warn(error.message));
    await this.#broker?.close();
  }

  health(): PublisherHealth {
    return {
      ok: this.#trouble === undefined,
      detail: this.#detail(),
      connected: this.#broker?.connected ?? false,
      awaySince: this.#troubleSince,
      cursor: this.#cursor,
      published: this.#published,
      skipped: this.#announcer.skipped,
    };
  }

  /** Everything up to here is with the broker, also by what a process before this one noted; undefined before the first event. */
  async reached(): Promise<Cursor | undefined> {
    return this.#cursor ?? (await this.#checkpoint.read());
  }

  #detail(): string {
    if (this.#broker === undefined) return 'notifications are off: CRATON_AMQP_URL is not set';
    if (this.#trouble !== undefined) return this.#trouble;
    if (this.#broker.blocked) return `the broker ${this.#broker.name} is short of memory or disk`;
    return `notifications go to ${this.#broker.name}`;
  }

  async #run(broker: AmqpPublisher): Promise<void> {
    try {
      // At once, so that a wrong address shows when the process starts and not when something is to be told.
      await this.#insist(() => broker.connect());
      while (!this.#stopping.signal.aborted) await this.#insist(() => this.#follow(broker));
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  /** Resolves when we are to stop. */
  async #follow(broker: AmqpPublisher): Promise<void> {
    this.#cursor ??= await this.#checkpoint.read();
    this.#stopping.signal.throwIfAborted();
    this.#subscription = this.store.subscribe({
      after: this.#cursor ?? 'start',
      maxBatch,
      onBatch: (batch) => this.#tell(broker, batch),
      onDropped: (error) => this.#log.warn(`the log went away: ${error.message}`),
    });
    await this.#subscription.done;
    if (!this.#stopping.signal.aborted) throw new Error('the log ended the subscription');
  }

  async #tell(broker: AmqpPublisher, batch: Batch): Promise<void> {
    const told = batch.events.flatMap((event) => this.#announcer.messagesOf(event));
    if (told.length > 0) await this.#insist(() => broker.publish(this.#encoded(told)));
    this.#published += told.length;
    this.#cursor = batch.upTo;
    // Noted while the next batch is on its way: dying in between means a repeat, which readers recognise anyway.
    await this.#noting;
    this.#noting = this.#insist(() => this.#checkpoint.write(batch.upTo));
    this.#noting.catch(() => undefined);
  }

  /** Anew for each try: what is sent twice has the same message_id and another _unique_id. */
  *#encoded(told: readonly OsloMessage[]): Generator<AmqpMessage> {
    for (const message of told)
      for (const routingKey of this.#queues) yield { routingKey, body: encode(message) };
  }

  /** Tries until it succeeds; rejects only once we are to stop. */
  async #insist(work: () => Promise<void>): Promise<void> {
    for (let failure = 0; ; failure += 1) {
      try {
        await work();
        return this.#succeeded();
      } catch (error) {
        this.#stopping.signal.throwIfAborted();
        this.#failed(error);
        await sleep(backoff(failure), undefined, { signal: this.#stopping.signal });
      }
    }
  }

  #succeeded(): void {
    if (this.#trouble !== undefined) this.#log.log('all is well again');
    this.#trouble = undefined;
    this.#troubleSince = null;
  }

  #failed(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    if (words !== this.#trouble) this.#log.error(words);
    this.#trouble = words;
    this.#troubleSince ??= new Date();
  }
}
