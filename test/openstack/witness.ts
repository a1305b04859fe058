import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ChannelModel, connect } from 'amqplib';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { until } from '#test/support/until.js';
import { amqpUrl, heardFile } from './harness.js';

const patienceMs = 60_000;

type Payload = JsonObject & { readonly cursor: string; readonly step?: string; readonly state?: string };

export interface Heard {
  readonly messageId: string;
  readonly type: string;
  readonly payload: Payload;
}

interface Notification {
  readonly publisher_id: string;
  readonly event_type: string;
  readonly payload: Payload;
}

/**
 * What others hear of one Craton: the listener of oslo.messaging, which decodes but takes several at once, so that neighbours
 * change places in its file; and a queue of our own, in the order of the broker.
 */
export class Witness {
  /** By this the notifications of one Craton are told from all others. */
  readonly publisherId = `craton-${randomUUID()}`;
  /** In the order in which the broker handed them out. */
  readonly wire: Heard[] = [];

  private constructor(private readonly connection: ChannelModel) {}

  /** Listens from now on. */
  static async listen(): Promise<Witness> {
    const witness = new Witness(await connect(amqpUrl()));
    const channel = await witness.connection.createChannel();
    await channel.assertExchange('craton', 'topic', { durable: false, autoDelete: false });
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'craton', 'notifications.info');
    await channel.consume(queue, (raw) => raw && witness.take(raw.content.toString()), { noAck: true });
    return witness;
  }

  /** What the listener of oslo.messaging has decoded by now. */
  async heard(): Promise<readonly Heard[]> {
    const text = await readFile(heardFile(), 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines
      .filter((line) => line.includes(this.publisherId))
      .map((line) => JSON.parse(line) as Notification & { metadata: { message_id: string } })
      .filter(({ publisher_id }) => publisher_id === this.publisherId)
      .map(({ metadata, event_type: type, payload }) => ({ messageId: metadata.message_id, type, payload }));
  }

  /** Resolves with what the listener has decoded once it holds one like this. */
  async hears(what: (heard: Heard) => boolean): Promise<readonly Heard[]> {
    let heard: readonly Heard[] = [];
    await until(
      async () => (heard = await this.heard()).some(what),
      patienceMs,
      () => `it was not heard; this was: ${heard.map(({ type }) => type).join(', ')}`,
    );
    return heard;
  }

  /** Resolves with what the listener has decoded once it and the broker have told of all of these. */
  async hearsAll(messageIds: readonly string[]): Promise<readonly Heard[]> {
    let heard: readonly Heard[] = [];
    const missing = () =>
      [heard, this.wire].flatMap((told) => {
        const known = new Set(told.map(({ messageId }) => messageId));
        return messageIds.filter((id) => !known.has(id));
      });
    await until(
      async () => {
        heard = await this.heard();
        return missing().length === 0;
      },
      patienceMs,
      () => `these were not heard: ${missing().join(', ')}`,
    );
    return heard;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private take(text: string): void {
    const { 'oslo.message': inner } = JSON.parse(text) as { 'oslo.message': string };
    const { publisher_id, message_id, event_type, payload } = JSON.parse(inner) as Notification & {
      message_id: string;
    };
    if (publisher_id === this.publisherId)
      this.wire.push({ messageId: message_id, type: event_type, payload });
  }
}
