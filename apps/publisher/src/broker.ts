import { AmqpPublisher } from '#libs/platform/src/amqp/amqp-publisher.js';
import type { Config } from '#libs/platform/src/config/config.js';

/** The configured broker, with these queues behind the configured exchange; undefined when none is configured. */
export const brokerOf = (
  config: Config,
  queues: readonly string[],
  onRefused: (words: string) => void = () => undefined,
): AmqpPublisher | undefined =>
  config.CRATON_AMQP_URL === undefined
    ? undefined
    : new AmqpPublisher({
        url: config.CRATON_AMQP_URL,
        topology: {
          exchange: config.CRATON_NOTIFICATION_EXCHANGE,
          queues,
          durable: config.CRATON_NOTIFICATION_DURABLE,
          autoDelete: config.CRATON_NOTIFICATION_AUTO_DELETE,
          queueType: config.CRATON_NOTIFICATION_QUEUE_TYPE,
        },
        onRefused,
      });
