import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

const logger = new Logger('Answers');

/**
 * Writes the answers of one turn of the event loop together, at its end: many clients are woken once instead of each in the middle of
 * the work for the others. To be added after all other hooks. Streams are left as they are.
 */
export const answerTogether = (fastify: FastifyInstance): void => {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (typeof payload !== 'string') return done(null, payload);
    setImmediate(() => {
      try {
        done(null, payload);
      } catch (error) {
        // Nobody is above who could catch it: an answer that cannot be written must not end the process.
        logger.error(error);
        reply.raw.destroy(error as Error);
      }
    });
  });
};
