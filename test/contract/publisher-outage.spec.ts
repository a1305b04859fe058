import { jest } from '@jest/globals';
import { AmqpPublisher } from '#libs/platform/src/amqp/amqp-publisher.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { Bus } from '#test/support/bus.js';
import { Publishing } from '#test/support/publishing.js';
import { RabbitMq } from '#test/support/rabbitmq.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

// A broker of its own, since it is stopped and starved here.
describe('the publisher, when the broker', () => {
  let broker: RabbitMq;
  let bus: Bus;
  let publishing: Publishing;

  beforeAll(async () => {
    broker = await RabbitMq.start();
  }, 600_000);
  afterAll(() => broker.stop());
  beforeEach(async () => {
    bus = await Bus.open(broker.url);
    publishing = await Publishing.of(new MemoryEventStore());
  });
  afterEach(async () => {
    await publishing.end();
    await bus.close();
  });

  const renamed = (count: number) => Array.from({ length: count }, () => 'DeviceRenamed' as const);

  it('restarts in the middle, tells everything in order and loses nothing that was confirmed', async () => {
    const durable = { durable: true, autoDelete: false };
    const ids = [...(await publishing.append(...renamed(2_000)))];
    const publisher = publishing.start({ ...bus.environment, CRATON_NOTIFICATION_DURABLE: 'true' });
    await until(() => publisher.health().published > 0);
    await broker.pause();
    ids.push(...(await publishing.append(...renamed(100))));
    await until(() => !publisher.health().ok && !publisher.health().connected);
    await broker.resume();
    ids.push(...(await publishing.append(...renamed(100))));
    await until(() => publisher.health().published === ids.length, 60_000);

    bus = await Bus.open(broker.url, bus);
    const collector = await bus.collect(bus.queue(), durable);
    const told = () => [...new Set(collector.notifications.map((each) => each.message_id))];
    await until(() => told().length === ids.length);
    expect(told()).toEqual(ids);
  });

  it('restarts with nothing kept, makes everything that is needed anew', async () => {
    const publisher = publishing.start(bus.environment);
    await publishing.append('CloudRegistered');
    await until(() => publisher.health().published === 1);
    await broker.pause();
    await broker.resume();
    bus = await Bus.open(broker.url, bus);
    expect(await bus.depth()).toBeUndefined();
    const ids = await publishing.append('CloudRenamed', 'CloudRemoved');
    await until(() => publisher.health().published === 3);
    const collector = await bus.collect();
    expect((await collector.atLeast(2)).map((each) => each.message_id)).toEqual(ids);
  });

  it('is short of memory, waits and says so', async () => {
    const publisher = publishing.start(bus.environment);
    const collector = await bus.collect();
    await publishing.append('CloudRegistered');
    await collector.atLeast(1);
    await broker.control('set_vm_memory_high_watermark', 'absolute', '1MB');
    const [id] = await publishing.append('CloudRenamed');
    await until(() => publisher.health().detail.includes('short of memory'));
    expect(publisher.health()).toMatchObject({ ok: true, connected: true, published: 1 });
    await broker.control('set_vm_memory_high_watermark', 'absolute', '512MB');
    const told = await collector.atLeast(2);
    expect(told.map((each) => each.message_id)[1]).toBe(id);
    await until(() => publisher.health().published === 2);
    const warned = () =>
      publishing.lines.filter((line) => line.includes(`the broker ${new URL(broker.url).hostname}`));
    await until(() => warned().length === 2);
    expect(warned()).toEqual([
      expect.stringContaining('is short of memory or disk: notifications wait'),
      expect.stringContaining('takes messages again'),
    ]);
  });

  it('is short of memory for longer than an answer may take, is not given up', async () => {
    const amqp = new AmqpPublisher({
      url: broker.url,
      timeoutMs: 1_000,
      topology: {
        exchange: bus.exchange,
        queues: [bus.queue()],
        durable: false,
        autoDelete: false,
        queueType: 'classic',
      },
    });
    await amqp.connect();
    await broker.control('set_vm_memory_high_watermark', 'absolute', '1MB');
    let settled = false;
    const published = amqp
      .publish([{ routingKey: bus.queue(), body: Buffer.from('{}') }])
      .finally(() => (settled = true));
    await until(() => amqp.blocked);
    const manyDeadlinesLater = Date.now() + 3_500;
    await until(() => settled || Date.now() > manyDeadlinesLater);
    expect(settled).toBe(false);
    await broker.control('set_vm_memory_high_watermark', 'absolute', '512MB');
    await published;
    expect(await bus.depth()).toBe(1);
    await amqp.close();
  });
});
