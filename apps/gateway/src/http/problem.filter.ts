import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFECT, type Problem, problemOf } from './problem.js';
import { Routes } from './routes.js';

const retryAfterSeconds = '5';

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
    this.answer(request, reply, told ?? DEFECT);
  }

  private answer(request: FastifyRequest, reply: FastifyReply, told: Omit<Problem, 'instance'>): void {
    const path = pathOf(request);
    const body = told.status === 404 && request.is404 ? this.nowhere(request, reply, path) : told;
    if (body.status === 401) reply.header('www-authenticate', 'Bearer realm="craton"');
    if (body.status === 503) reply.header('retry-after', retryAfterSeconds);
    reply.removeHeader('etag').removeHeader('location');
    void reply
      .code(body.status)
      .type('application/problem+json')
      .send({ ...body, instance: path });
  }

  /** No route took the request: another method might have. */
  private nowhere(request: FastifyRequest, reply: FastifyReply, path: string): Omit<Problem, 'instance'> {
    const methods = this.routes.methodsAt(path);
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

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';
