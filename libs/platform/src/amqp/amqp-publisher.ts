import { DomainError } from '#libs/kernel/src/errors.js';
import { AmqpLink, type AmqpMessage } from './amqp-link.js';
import { brokerName } from './amqp-url.js';
import type { Topology } from './topology.js';
import { within } from './within.js';

export interface AmqpPublisherOptions {
  readonly url: string;
  readonly topology: Topology;
  /** Longest wait for the connection, for what is declared, and for a batch to be confirmed; default 30,000. */
  readonly timeoutMs?: number;
  /** Exchange or queue exist with other flags than ours, or may not be declared by us: they are used as they are. */
  readonly onRefused?: (words: string) => void;
  /** The broker has become short of memory or disk and takes nothing, or is so no longer. */
  readonly onBlocked?: (blocked: boolean) => void;
}

const finishingMs = 5_000;

/** When every address of a host refuses, Node's error has a code and no words. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
};

/**
 * Publishes persistent messages and waits until the broker has them. Connects when needed and declares the topology on every new
 * connection. Rejects with `unavailable`; after a rejection each message of the batch may or may not have arrived, so send the
 * whole batch again to keep the order.
 */
export class AmqpPublisher {
  readonly #inFlight = new Set<Promise<void>>();
  #link: AmqpLink | undefined;
  #opening: Promise<AmqpLink> | undefined;
  #closed = false;
  readonly name: string;

  constructor(private readonly options: AmqpPublisherOptions) {
    this.name = brokerName(options.url);
  }

  get connected(): boolean {
    return this.#link?.open ?? false;
  }

  /** The broker is short of memory or disk: what is published waits, however long that takes. */
  get blocked(): boolean {
    return this.connected && (this.#link?.blocked ?? false);
  }

  async connect(): Promise<void> {
    await this.#translated(async () => void (await this.#usable()));
  }

  async publish(messages: Iterable<AmqpMessage>): Promise<void> {
    const published = this.#translated(async () => (await this.#usable()).publish(messages));
    this.#inFlight.add(published);
    try {
      await published;
    } finally {
      this.#inFlight.delete(published);
    }
  }

  /** Gives what is under way five seconds to be confirmed; idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await within(finishingMs, 'finishing', Promise.allSettled(this.#inFlight)).catch(() => undefined);
    await this.#link?.close();
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new DomainError('unavailable', `the broker ${this.name} is not to be had: ${wordsOf(error)}`, {
        cause: error,
      });
    }
  }

  async #usable(): Promise<AmqpLink> {
    if (this.#closed) throw new Error('the publisher is closed');
    if (this.#link?.open) return this.#link;
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<AmqpLink> {
    const { url, topology, timeoutMs = 30_000, onRefused, onBlocked } = this.options;
    const link = await AmqpLink.open({ url, topology, timeoutMs, onBlocked });
    if (this.#closed) await link.close();
    this.#link = link;
    for (const words of link.refused) onRefused?.(words);
    return link;
  }
}
