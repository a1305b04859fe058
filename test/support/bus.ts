import { randomUUID } from 'node:crypto';
import { connect, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { until } from './until.js';

/** The broker of this test run: `CRATON_TEST_AMQP_URL`, or a private one that is started when it is first asked for. */
export const brokerUrl = async (): Promise<string> => {
  const given = process.env['CRATON_TEST_AMQP_URL'];
  if (given) return given;
  const response = await fetch(process.env['CRATON_TEST_BROKER'] as string);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
};

/** Says that the tests of this file need a broker; the first one to ask waits until it has started, or is installed. */
export const needsBroker = (): void => beforeAll(brokerUrl, 600_000);

export interface Delivery {
  readonly raw: ConsumeMessage;
  /** What is inside oslo's envelope. */
  readonly notification: JsonObject & {
    readonly message_id: string;
    readonly event_type: string;
    readonly payload: JsonObject;
  };
}

const decode = (raw: ConsumeMessage): Delivery => {
  const envelope = JSON.parse(raw.content.toString()) as { 'oslo.message': string };
  return { raw, notification: JSON.parse(envelope['oslo.message']) as Delivery['notification'] };
};

/** Everything that arrives in one queue, in order. */
export class Collector {
  readonly deliveries: Delivery[] = [];

  get notifications(): readonly Delivery['notification'][] {
    return this.deliveries.map(({ notification }) => notification);
  }

  /** Resolves with what has arrived once there are that many. */
  async atLeast(count: number, ms = 30_000): Promise<readonly Delivery['notification'][]> {
    await until(
      () => this.deliveries.length >= count,
      ms,
      () => `${this.deliveries.length} of ${count} came`,
    );
    return this.notifications;
  }
}

/** One test's own exchange and topics on the shared broker, and a look at what is published there. */
export class Bus {
  readonly #queues = new Set<string>();

  private constructor(
    readonly url: string,
    private readonly connection: ChannelModel,
    readonly exchange: string,
    readonly topic: string,
  ) {}

  /** Another look at the same exchange and topics when `like` is given, for example after the broker was restarted. */
  static async open(url?: string, like?: Bus): Promise<Bus> {
    const address = url ?? (await brokerUrl());
    const connection = await connect(address, { noDelay: true });
    connection.on('error', () => undefined);
    const { exchange, topic } = like ?? {
      exchange: `exchange-${randomUUID()}`,
      topic: `topic-${randomUUID()}`,
    };
    return new Bus(address, connection, exchange, topic);
  }

  /** What makes Craton publish here. */
  get environment(): Readonly<Record<string, string>> {
    return {
      CRATON_AMQP_URL: this.url,
      CRATON_NOTIFICATION_EXCHANGE: this.exchange,
      CRATON_NOTIFICATION_TOPICS: this.topic,
    };
  }

  /** Name of a queue that is deleted in the end. */
  queue(name = `${this.topic}.info`): string {
    this.#queues.add(name);
    return name;
  }

  /** Declares as oslo's listener does, and takes what arrives. */
  async collect(queue = this.queue(), flags = { durable: false, autoDelete: false }): Promise<Collector> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    await channel.assertExchange(this.exchange, 'topic', flags);
    await channel.assertQueue(this.queue(queue), { ...flags, exclusive: false });
    await channel.bindQueue(queue, this.exchange, queue);
    const collector = new Collector();
    const take = (message: ConsumeMessage | null) => {
      if (message !== null) collector.deliveries.push(decode(message));
    };
    await channel.consume(queue, take, { noAck: true });
    return collector;
  }

  /** How many messages wait in a queue; undefined when it does not exist. */
  async depth(queue = this.queue()): Promise<number | undefined> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    try {
      const { messageCount } = await channel.checkQueue(queue);
      await channel.close();
      return messageCount;
    } catch {
      return undefined;
    }
  }

  /** Declares and deletes by hand. */
  async admin<T>(
    work: (channel: Awaited<ReturnType<ChannelModel['createChannel']>>) => Promise<T>,
  ): Promise<T> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined);
    const result = await work(channel);
    await channel.close();
    return result;
  }

  async close(): Promise<void> {
    await this.admin(async (channel) => {
      for (const queue of this.#queues) await channel.deleteQueue(queue);
      await channel.deleteExchange(this.exchange);
    });
    await this.connection.close();
  }
}
