import type { ServerResponse } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { limitBodies } from './body-deadline.js';
import { judgeHeads } from './heads.js';
import { readJson } from './json.js';
import { type Patience, patienceFor } from './patience.js';
import { DEFECT, problemOf, sendProblem } from './problem.js';
import { leaveRaw } from './raw-body.js';
import { newRequestId } from './request-id.js';
import { answerTogether } from './together.js';
import { refuseUnreadable } from './unreadable.js';

export const BODY_LIMIT = 1024 * 1024;

/** Of Node for a whole request, whatever its route: beyond all that a route may grant. */
const longest = ({ bodyMs, uploadMs }: Patience): number => uploadMs + 4 * bodyMs;

/** Clients of proxies send whole addresses, which links and problems would repeat. */
const withoutOrigin = ({ url = '/' }: { readonly url?: string | undefined }): string =>
  url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/';

/**
 * Fastify with the limits that keep a slow or greedy client from holding others up. What `X-Forwarded-*` headers say is believed
 * of these proxies, given as addresses or networks, and of nobody else.
 */
export const httpAdapter = (proxies: readonly string[] = [], patience = patienceFor()): FastifyAdapter =>
  new FastifyAdapter({
    trustProxy: proxies.length > 0 && [...proxies],
    bodyLimit: BODY_LIMIT,
    requestTimeout: longest(patience),
    rewriteUrl: withoutOrigin,
    // Node looks for what is late only so often, and by default gives the head twice the time.
    http: { headersTimeout: 30_000, connectionsCheckingInterval: 2_000, requireHostHeader: false },
    keepAliveTimeout: 75_000,
    genReqId: newRequestId,
    // What came in on an open connection while the gateway stops is still answered.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    // An address that cannot be routed comes past every hook and filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-openstack-request-id', request.id);
      sendProblem(request, reply, problemOf(error) ?? DEFECT);
    },
    routerOptions: { maxParamLength: 200 },
    skipMiddie: true,
  });

/** JSON is the only body that is read for the routes; no body at all is left to the route to judge. */
const readJsonOnly = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    ({ headers }, body, done) => {
      const { 'content-encoding': coding = 'identity' } = headers;
      if (coding.toLowerCase() !== 'identity')
        return done(
          new DomainError(
            'unsupported-media-type',
            'bodies are read as they are, without a Content-Encoding',
          ),
        );
      if (body.length === 0) return done(null);
      const read = readJson(body);
      done(read instanceof DomainError ? read : null, read);
    },
  );
};

/** What every answer carries: the request's id, and the cursor of the read models that it reflects. */
const stampAnswers = (fastify: FastifyInstance, readStore: ReadStore): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-openstack-request-id', request.id);
    reply.header('cache-control', 'private, no-cache');
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!reply.hasHeader('craton-cursor')) {
      const cursor = request.exchange?.seenCursor ?? readStore.cursor();
      if (cursor !== undefined) reply.header('craton-cursor', cursor);
    }
    done(null, payload);
  });
};

/** How many requests are being answered. */
export interface Traffic {
  underWay: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly traffic: Traffic;
  }
}

/** By the response's own end: a client that goes away in the middle reaches no hook. */
const countRequests = (fastify: FastifyInstance): void => {
  const traffic: Traffic = { underWay: 0 };
  const leave = () => {
    traffic.underWay -= 1;
  };
  fastify.decorate('traffic', traffic);
  fastify.server.on('request', (_request: unknown, response: ServerResponse) => {
    traffic.underWay += 1;
    response.once('close', leave);
  });
};

/** Prepares an application that was created with `httpAdapter()` and without Nest's own body parser. */
export const configureHttp = (app: NestFastifyApplication, patience = patienceFor()): void => {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.decorateRequest('exchange', null);
  fastify.decorate('patience', patience);
  limitBodies(fastify.server, patience);
  countRequests(fastify);
  readJsonOnly(fastify);
  leaveRaw(fastify, new Set(['/v1/import']));
  stampAnswers(fastify, app.get(ReadStore));
  judgeHeads(fastify);
  answerTogether(fastify);
};
