import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFECT, pathOf, problemOf, sendProblem, type Told } from './problem.js';
import { Routes } from './routes.js';

/** The one place where an error becomes a response. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(private readonly routes: Routes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const told = problemOf(error);
    if (!told) this.logger.error({ err: error, requestId: request.id }, 'a defect');
    else if (told.status === 503) this.logger.warn({ err: error, requestId: request.id }, told.detail);
    const nowhere = told?.status === 404 && request.is404;
    sendProblem(request, reply, nowhere ? this.nowhere(request, reply) : (told ?? DEFECT));
  }

  /** No route took the request: another method might have. */
  private nowhere(request: FastifyRequest, reply: FastifyReply): Told {
    const methods = this.routes.methodsAt(pathOf(request));
    if (methods.length === 0) {
      return {
        type: '/problems/not-found',
        title: 'Not found',
        status: 404,
        detail: 'there is nothing here',
      };
    }
    reply.header('allow', methods.join(', '));
    return {
      type: '/problems/method-not-allowed',
      title: 'Method not allowed',
      status: 405,
      detail: `${request.method} is not among ${methods.join(', ')}`,
    };
  }
}
