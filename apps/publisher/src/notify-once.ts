import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { encode, queueOf, type OsloMessage } from '#libs/notifications/src/oslo.js';
import { readConfig, type Config } from '#libs/platform/src/config/config.js';
import { brokerOf } from './broker.js';

const priorities = ['AUDIT', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SAMPLE'];

// How probes of oslo.messaging name what a publisher is to do, and how we call it.
const otherNames = {
  OSH_TRANSPORT_URL: 'CRATON_AMQP_URL',
  OSH_EXCHANGE: 'CRATON_NOTIFICATION_EXCHANGE',
  OSH_TOPICS: 'CRATON_NOTIFICATION_TOPICS',
  OSH_DURABLE: 'CRATON_NOTIFICATION_DURABLE',
} as const;

const configFrom = (environment: NodeJS.ProcessEnv): Config => {
  const renamed = Object.entries(otherNames).flatMap(([theirs, ours]) => {
    const value = environment[theirs];
    return value === undefined
      ? []
      : [[ours, value.replace(/^rabbit(\+ssl)?:/, (_all, ssl) => (ssl ? 'amqps:' : 'amqp:'))]];
  });
  return readConfig({ ...environment, ...Object.fromEntries(renamed) });
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): JsonObject => {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below: the text may hold what must not be repeated.
  }
  throw new Error('the notification is not a JSON object');
};

const words = (name: string, value: Json): string => {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} must be a text`);
  return value;
};

const priorityIn = (value: Json): string => {
  const priority = words('priority', value).toUpperCase();
  if (!priorities.includes(priority)) throw new Error(`priority must be one of ${priorities.join(', ')}`);
  return priority;
};

const messageFrom = (text: string, publisherId: string): OsloMessage => {
  const {
    event_type,
    priority = 'INFO',
    publisher_id = publisherId,
    payload = {},
    context = {},
  } = parse(text);
  if (!isObject(context)) throw new Error('context must be an object');
  return {
    messageId: randomUUID(),
    publisherId: words('publisher_id', publisher_id),
    eventType: words('event_type', event_type ?? null),
    priority: priorityIn(priority),
    payload,
    timestamp: new Date(),
    context,
  };
};

/** Publishes the one notification that the JSON describes, to every configured topic. Resolves when the broker has confirmed it. */
export const notifyOnce = async (text: string, environment: NodeJS.ProcessEnv): Promise<void> => {
  const config = configFrom(environment);
  const message = messageFrom(text, config.CRATON_NOTIFICATION_PUBLISHER_ID);
  const queues = config.CRATON_NOTIFICATION_TOPICS.map((topic) => queueOf(topic, message.priority));
  const broker = brokerOf(config, queues);
  if (broker === undefined) throw new Error('CRATON_AMQP_URL is not set');
  try {
    await broker.publish(queues.map((routingKey) => ({ routingKey, body: encode(message) })));
  } finally {
    await broker.close();
  }
};
