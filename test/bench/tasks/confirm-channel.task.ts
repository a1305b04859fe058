import { performance } from 'node:perf_hooks';
import { Logger } from '@nestjs/common';
import { connect } from 'amqplib';
import { Announcer } from '#apps/publisher/src/announcer.js';
import { encode, queueOf } from '#libs/notifications/src/oslo.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import type { Publishing } from '../publishing.js';
import { task } from '../task.js';

/** As many as the publisher has in a batch. */
const together = 1000;
const properties = {
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  deliveryMode: 2,
  priority: 0,
  headers: {},
  mandatory: true,
};

const bodiesOf = async (log: string): Promise<readonly Buffer[]> => {
  const store = new SqliteEventStore(log);
  const announcer = new Announcer('craton', new Logger());
  const bodies: Buffer[] = [];
  for await (const event of store.readAll())
    for (const message of announcer.messagesOf(event)) bodies.push(encode(message));
  await store.close();
  return bodies;
};

/** Answers how many of the same messages a second a bare channel gets confirmed, when all of them are there already. */
task(async ({ log, url, exchange, topic, skipped }: Publishing) => {
  const bodies = await bodiesOf(log);
  const queue = queueOf(topic);
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(exchange, 'topic', { durable: false });
  await channel.assertQueue(queue, { durable: false });
  await channel.bindQueue(queue, exchange, queue);
  const publish = async (messages: readonly Buffer[]): Promise<void> => {
    for (let from = 0; from < messages.length; from += together) {
      for (const body of messages.slice(from, from + together))
        channel.publish(exchange, queue, body, properties);
      await channel.waitForConfirms();
    }
  };
  await publish(bodies.slice(0, skipped));
  const begun = performance.now();
  await publish(bodies.slice(skipped));
  const rate = (1000 * (bodies.length - skipped)) / (performance.now() - begun);
  await connection.close();
  return rate;
});
