import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

const patienceMs = 10_000;
const glanceMs = 20;

/**
 * Stops listening and finishes what was accepted; whatever is still being answered after that time is cut off. Connections on which
 * nothing is being answered do not hold it up. Only then the rest of the application is closed.
 */
export const stopServing = async (app: NestFastifyApplication, waitMs = patienceMs): Promise<void> => {
  const { server, traffic } = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const deadline = Date.now() + waitMs;
  const glance = setInterval(() => {
    if (traffic.underWay === 0 || Date.now() >= deadline) server.closeAllConnections();
  }, glanceMs);
  try {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await app.close();
  } finally {
    clearInterval(glance);
  }
};
