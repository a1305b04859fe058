import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { Exchange } from '../http/exchange.js';
import { VirtualVariables } from './virtual-variables.js';

const LOOKS_UP = 'craton:looks-up';

@Injectable()
export class LookingUp implements NestInterceptor {
  constructor(
    private readonly virtual: VirtualVariables,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const kind = this.reflector.get<OwnerKind>(LOOKS_UP, context.getHandler());
    const { id } = request.params as { readonly id: string };
    const link = { kind, id: id.toLowerCase() };
    // The guard has set it.
    const exchange = request.exchange as Exchange;
    const complete = (answer: string | object) =>
      typeof answer === 'string'
        ? this.virtual.text(exchange, link, answer)
        : this.virtual.body(exchange, link, answer);
    return next.handle().pipe(mergeMap(async (answer) => complete(answer as string | object)));
  }
}

/**
 * Of a route that shows one such thing with its variables: those that are bound are looked up. Not for devices, which are read so
 * often that they do without an interceptor.
 */
export const LooksUp = (kind: OwnerKind): MethodDecorator =>
  applyDecorators(SetMetadata(LOOKS_UP, kind), UseInterceptors(LookingUp));
