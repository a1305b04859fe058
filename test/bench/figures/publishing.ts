import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { RabbitMq } from '../../support/rabbitmq.js';
import { perform } from '../child.js';
import type { Bench, Figure, Measured } from '../figure.js';
import { rounds } from '../numbers.js';
import type { Publishing } from '../publishing.js';
import { scene } from '../scene.js';

/** What one round leaves behind would slow the next one down. */
const emptied = async (url: string, exchange: string, topic: string): Promise<void> => {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.deleteQueue(`${topic}.info`);
  await channel.deleteExchange(exchange);
  await connection.close();
};

const measured = async (bench: Bench, url: string): Promise<readonly Measured[]> => {
  const size = bench.quick ? 5000 : 60_000;
  const { dataDir: logDir } = await scene(bench, 'year', size);
  const log = join(logDir, 'events.db');
  const dataDir = join(bench.folder, 'publisher');
  const [exchange, topic] = ['craton-bench', 'craton-bench'];
  const input: Publishing = { log, dataDir, url, exchange, topic, skipped: size / 5 };
  const found = await rounds(bench.quick ? 1 : 5, async () => {
    const bare = await perform<number>(bench, 'confirm-channel', input);
    await emptied(url, exchange, topic);
    await mkdir(dataDir);
    const ours = await perform<number>(bench, 'publish', input, 'publish');
    await emptied(url, exchange, topic);
    await rm(dataDir, { recursive: true });
    return { bare, ours };
  });
  return [
    {
      what: 'publishing to RabbitMQ with confirms',
      unit: 'messages/s',
      values: found.map(({ ours }) => ours),
      against: { what: 'bare confirm channel', values: found.map(({ bare }) => bare) },
      target: { atLeast: 0.7 },
    },
  ];
};

const measure = async (bench: Bench): Promise<readonly Measured[]> => {
  const given = process.env['CRATON_TEST_AMQP_URL'];
  if (given !== undefined && given !== '') return measured(bench, given);
  const broker = await RabbitMq.start();
  try {
    return await measured(bench, broker.url);
  } finally {
    await broker.stop();
  }
};

export const publishing: Figure = { name: 'publishing', measure };
