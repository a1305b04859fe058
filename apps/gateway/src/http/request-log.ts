import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/**
 * One line a request, without bodies, headers or query strings. What succeeds is told at `debug`: what it changed, by whom and under
 * which request id is in the event log for good.
 */
export const logRequests = (app: NestFastifyApplication, logger: Logger): void => {
  // Nothing here is secret, and looking for secrets would take longer than writing the line.
  const lines = logger.child({}, { redact: { paths: [] } });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, exchange } = request;
    const quiet = reply.statusCode < 400;
    if (!quiet || lines.isLevelEnabled('debug')) {
      const caller = exchange?.hasCaller ? exchange.caller : undefined;
      lines[quiet ? 'debug' : 'info'](
        {
          requestId: request.id,
          method,
          path: request.url.split('?', 1)[0],
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          ...(caller && { user: caller.username, project: caller.projectId }),
        },
        'answered',
      );
    }
    done();
  });
};
