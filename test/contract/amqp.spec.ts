import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { AmqpPublisher, type AmqpPublisherOptions } from '#libs/platform/src/amqp/amqp-publisher.js';
import type { Topology } from '#libs/platform/src/amqp/topology.js';
import { Bus, needsBroker } from '#test/support/bus.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

const body = (text: string) =>
  Buffer.from(
    JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify({ message_id: text }) }),
  );

describe('a publisher of AMQP messages', () => {
  let bus: Bus;
  const opened: AmqpPublisher[] = [];

  const topology = (flags: Partial<Topology> = {}): Topology => ({
    exchange: bus.exchange,
    queues: [bus.queue()],
    durable: false,
    autoDelete: false,
    queueType: 'classic',
    ...flags,
  });
  const publisher = (options: Partial<AmqpPublisherOptions> = {}) => {
    const made = new AmqpPublisher({ url: bus.url, topology: topology(), ...options });
    opened.push(made);
    return made;
  };
  const messages = (...texts: readonly string[]) =>
    texts.map((text) => ({ routingKey: bus.queue(), body: body(text) }));

  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await bus.close();
  });

  it('makes the exchange, the queue and the binding before there is any reader', async () => {
    await publisher().publish(messages('first', 'second'));
    expect(await bus.depth()).toBe(2);
    const collector = await bus.collect();
    const arrived = await collector.atLeast(2);
    expect(arrived.map((each) => each.message_id)).toEqual(['first', 'second']);
  });

  it("sends the properties that oslo.messaging's readers ask for", async () => {
    await publisher().publish(messages('only'));
    const collector = await bus.collect();
    await collector.atLeast(1);
    const { properties, fields } = collector.deliveries[0]!.raw;
    expect(properties).toMatchObject({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      priority: 0,
      headers: {},
    });
    const unset = [
      'messageId',
      'timestamp',
      'appId',
      'type',
      'expiration',
      'replyTo',
      'correlationId',
    ] as const;
    for (const name of unset) expect(properties[name]).toBeUndefined();
    expect(fields).toMatchObject({ exchange: bus.exchange, routingKey: bus.queue() });
  });

  it('keeps the order of thousands', async () => {
    const collector = await bus.collect();
    const texts = Array.from({ length: 5_000 }, (_, index) => String(index));
    const amqp = publisher();
    for (let from = 0; from < texts.length; from += 2_500) {
      await amqp.publish(messages(...texts.slice(from, from + 2_500)));
    }
    const arrived = await collector.atLeast(texts.length);
    expect(arrived.map((each) => each.message_id)).toEqual(texts);
  });

  it.each([
    ['durable', { durable: true }, { durable: true, autoDelete: false }],
    ['auto-delete', { autoDelete: true }, { durable: false, autoDelete: true }],
    ['quorum', { queueType: 'quorum' }, { durable: true, arguments: { 'x-queue-type': 'quorum' } }],
  ] as const)('declares what is configured: %s', async (_name, configured, declared) => {
    const amqp = publisher({ topology: topology(configured) });
    await amqp.publish(messages('only'));
    const { queue } = await bus.admin((channel) => channel.assertQueue(bus.queue(), declared));
    expect(queue).toBe(bus.queue());
    const { arguments: _none, ...flags } = { arguments: undefined, ...declared };
    await bus.admin((channel) => channel.assertExchange(bus.exchange, 'topic', flags));
  });

  it('uses what exists with other flags, says so, and is delivered', async () => {
    const collector = await bus.collect(bus.queue(), { durable: true, autoDelete: false });
    const refused: string[] = [];
    await publisher({ onRefused: (words) => refused.push(words) }).publish(messages('only'));
    await collector.atLeast(1);
    expect(refused).toEqual([
      expect.stringMatching(/406.*inequivalent arg 'durable' for exchange/),
      expect.stringMatching(/406.*inequivalent arg 'durable' for queue/),
    ]);
  });

  it('is delivered through an exchange of another kind, when that is what there is', async () => {
    await bus.admin((channel) => channel.assertExchange(bus.exchange, 'fanout', { durable: false }));
    await publisher().publish(messages('only'));
    expect(await bus.depth()).toBe(1);
  });

  it('takes a message that no queue wants for a failure, and declares again for the next', async () => {
    const amqp = publisher();
    await amqp.connect();
    await bus.admin((channel) => channel.deleteQueue(bus.queue()));
    await expect(amqp.publish(messages('lost'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`has no queue for ${bus.queue()}`),
    });
    await amqp.publish(messages('found'));
    expect(await bus.depth()).toBe(1);
  });

  it('takes a message that the broker will not keep for a failure', async () => {
    const full = { durable: false, maxLength: 1, overflow: 'reject-publish' };
    await bus.admin((channel) => channel.assertQueue(bus.queue(), full));
    const amqp = publisher();
    await expect(amqp.publish(messages('1', '2', '3'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('rejects when the exchange goes while it is connected, and makes it anew', async () => {
    const amqp = publisher();
    await amqp.connect();
    await bus.admin((channel) => channel.deleteExchange(bus.exchange));
    await expect(amqp.publish(messages('lost'))).rejects.toThrow(/404/);
    await amqp.publish(messages('found'));
    expect(await bus.depth()).toBe(1);
  });

  it('finishes what is under way when it is closed, and takes nothing afterwards', async () => {
    const amqp = publisher();
    await amqp.connect();
    const published = amqp.publish(messages('1', '2', '3'));
    await Promise.all([published, amqp.close()]);
    expect(await bus.depth()).toBe(3);
    expect(amqp.connected).toBe(false);
    await expect(amqp.publish(messages('4'))).rejects.toThrow(/closed/);
    await amqp.close();
  });

  it('opens one connection for all who ask at once', async () => {
    const amqp = publisher();
    await Promise.all([amqp.publish(messages('1')), amqp.publish(messages('2')), amqp.connect()]);
    expect(await bus.depth()).toBe(2);
  });
});

describe('a publisher whose broker', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let url: string;

  const listen = async (greet: (socket: Socket) => void) => {
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      greet(socket);
    }).listen(0, '127.0.0.1');
    await until(() => server.listening);
    url = `amqp://kim:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const publisher = (timeoutMs: number) =>
    new AmqpPublisher({
      url,
      timeoutMs,
      topology: { exchange: 'e', queues: [], durable: false, autoDelete: false, queueType: 'classic' },
    });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is silent gives up in time, and names it without its password', async () => {
    await listen(() => undefined);
    const failure = await publisher(200)
      .connect()
      .then(String, (error: Error) => error);
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining('127.0.0.1:') });
    expect(JSON.stringify([failure, String(failure)])).not.toContain('secret');
  });

  it('hangs up in the middle of the greeting rejects', async () => {
    await listen((socket) => socket.once('data', () => socket.destroy()));
    await expect(publisher(10_000).connect()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('speaks another language rejects', async () => {
    await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(publisher(10_000).connect()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is not there rejects at once', async () => {
    await listen(() => undefined);
    server.close();
    await expect(publisher(10_000).connect()).rejects.toThrow(/ECONNREFUSED/);
  });
});
