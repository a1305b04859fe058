import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '#libs/kernel/src/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The `Content-Type` of a body that is left as it comes, in lower case and without parameters; '' when there is none. */
    rawType: string | null;
  }
}

const asItComes = 'application/octet-stream';

const typeOf = ({ headers }: FastifyRequest): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();

/** The bodies of these paths are not read before the route is reached, whatever their type, and may be as long as it likes. */
export const leaveRaw = (fastify: FastifyInstance, paths: ReadonlySet<string>): void => {
  fastify.decorateRequest('rawType', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (paths.has(request.routeOptions.url ?? '')) {
      request.rawType = typeOf(request);
      request.headers['content-type'] = asItComes;
    }
    done();
  });
  fastify.addContentTypeParser(asItComes, (request, payload, done) => {
    if (request.rawType !== null) return done(null, payload);
    done(new DomainError('unsupported-media-type', `${asItComes} is not a type that is read here`));
  });
};
