import type { Channel, ChannelModel } from 'amqplib';

/** What must be there for a message to reach a queue. It is the deployment's choice: every service that names it must agree. */
export interface Topology {
  readonly exchange: string;
  /** Each is bound to the exchange by its own name. */
  readonly queues: readonly string[];
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** Quorum queues are always durable. */
  readonly queueType: 'classic' | 'quorum';
}

type Step = (channel: Channel) => Promise<unknown>;

const refusals = new Set([
  403, // no permission to declare
  406, // it is there with other flags
]);

const isRefused = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && refusals.has(Number(error.code));

/** A refusal closes the channel that it happens on, so each step has one of its own. */
const onChannel = async (connection: ChannelModel, step: Step): Promise<void> => {
  const channel = await connection.createChannel();
  // Told through the rejection of the step as well; without a listener it would end the process.
  channel.on('error', () => undefined);
  await step(channel);
  await channel.close();
};

/** Declares, or when that is refused, makes sure that it is there all the same. Resolves with the refusal. */
const declareOrFind = async (
  connection: ChannelModel,
  declare: Step,
  find: Step,
): Promise<readonly string[]> => {
  try {
    await onChannel(connection, declare);
    return [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    await onChannel(connection, find);
    return [error.message];
  }
};

/**
 * Declares exchange, queues and bindings as oslo.messaging does. What exists with other flags, or may not be declared by us, is
 * used as it is; resolves with what the broker said about it. Rejects when something is missing.
 */
export const declare = async (connection: ChannelModel, topology: Topology): Promise<readonly string[]> => {
  const { exchange, queues, autoDelete, queueType } = topology;
  const quorum = queueType === 'quorum';
  const flags = { durable: topology.durable || quorum, autoDelete };
  const queueFlags = {
    ...flags,
    exclusive: false,
    ...(quorum && { arguments: { 'x-queue-type': 'quorum' } }),
  };
  const refused = [
    ...(await declareOrFind(
      connection,
      (channel) => channel.assertExchange(exchange, 'topic', flags),
      (channel) => channel.checkExchange(exchange),
    )),
  ];
  for (const queue of queues) {
    const find: Step = (channel) => channel.checkQueue(queue);
    refused.push(
      ...(await declareOrFind(connection, (channel) => channel.assertQueue(queue, queueFlags), find)),
      ...(await declareOrFind(connection, (channel) => channel.bindQueue(queue, exchange, queue), find)),
    );
  }
  return refused;
};
