import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** What a process has to close, in this order: whoever takes requests first, what they need last. */
export type Closing = readonly { close(): Promise<unknown> }[];

const patienceMs = 10_000;
const glanceMs = 20;

/**
 * Stops listening and finishes what was accepted; whatever is still being answered after that time is cut off. Connections on which
 * nothing is being answered do not hold it up.
 */
export const stopServing = async (app: NestFastifyApplication, waitMs = patienceMs): Promise<void> => {
  const { server, traffic } = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const deadline = Date.now() + waitMs;
  const glance = setInterval(() => {
    if (traffic.underWay === 0 || Date.now() >= deadline) server.closeAllConnections();
  }, glanceMs);
  try {
    await app.close();
  } finally {
    clearInterval(glance);
  }
};

/** On SIGTERM or SIGINT closes everything in order, then ends the process: with 0, or with 1 when something would not close. */
export const closeOnSignal = (
  closing: Closing,
  logger: Logger,
  exit: (code: number) => void = (code) => process.exit(code),
): void => {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    try {
      for (const one of closing) await one.close();
      logger.info('stopped');
      logger.flush(() => exit(0));
    } catch (error) {
      logger.error({ err: error }, 'could not stop in good order');
      logger.flush(() => exit(1));
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
};
