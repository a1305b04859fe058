import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '#libs/kernel/src/errors.js';
import { problemOf } from './problem.js';

const hostsIn = ({ rawHeaders }: IncomingMessage): number => {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
};

const wrongHost = (message: string) =>
  new DomainError('validation-failed', `Host ${message}`, { violations: [{ member: 'Host', message }] });

/** Of two hosts, a proxy before us may have taken the one that we do not. Node would answer without a body, or take the first. */
const demandOneHost = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const hosts = hostsIn(request.raw);
    if (hosts > 1) return done(wrongHost('must be sent once'));
    const isNeeded = request.raw.httpVersionMajor === 1 && request.raw.httpVersionMinor > 0;
    return hosts === 0 && isNeeded ? done(wrongHost('must be sent')) : done();
  });
};

const refuseExpectation = ({ url = '/' }: IncomingMessage, response: ServerResponse): void => {
  const message = 'the only expectation that is met is 100-continue';
  const told = problemOf(Object.assign(new Error(message), { statusCode: 417 }));
  const body = JSON.stringify({ ...told, instance: url.split('?', 1)[0] });
  // Nobody reads the body that may follow.
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', connection: 'close' };
  response.writeHead(417, headers).end(body);
};

/** Says in a problem what Node would refuse in a head with an empty answer; for a server with `requireHostHeader: false`. */
export const judgeHeads = (fastify: FastifyInstance): void => {
  demandOneHost(fastify);
  (fastify.server as Server).on('checkExpectation', refuseExpectation);
};
