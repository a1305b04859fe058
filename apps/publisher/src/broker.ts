import { AmqpPublisher } from '#libs/platform/src/amqp/amqp-publisher.js';
import { brokerName } from '#libs/platform/src/amqp/amqp-url.js';
import type { Config } from '#libs/platform/src/config/config.js';

/**
 * The configured broker, with these queues behind the configured exchange; undefined when none is configured. `tell` hears in words
 * what an operator should know of it.
 */
export const brokerOf = (
  config: Config,
  queues: readonly string[],
  tell: (words: string) => void = () => undefined,
): AmqpPublisher | undefined => {
  const { CRATON_AMQP_URL: url } = config;
  if (url === undefined) return undefined;
  const name = `the broker ${brokerName(url)}`;
  return new AmqpPublisher({
    url,
    topology: {
      exchange: config.CRATON_NOTIFICATION_EXCHANGE,
      queues,
      durable: config.CRATON_NOTIFICATION_DURABLE,
      autoDelete: config.CRATON_NOTIFICATION_AUTO_DELETE,
      queueType: config.CRATON_NOTIFICATION_QUEUE_TYPE,
    },
    onRefused: (words) => tell(`declared by somebody else and used as it is: ${words}`),
    onBlocked: (blocked) =>
      tell(`${name} ${blocked ? 'is short of memory or disk: notifications wait' : 'takes messages again'}`),
  });
};
