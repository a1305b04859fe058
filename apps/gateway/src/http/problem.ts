import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode, type Violation } from '#libs/kernel/src/errors.js';

export const STATUS = {
  'validation-failed': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'already-exists': 409,
  'illegal-state': 409,
  'wrong-revision': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'idempotency-key-reused': 422,
  'constraint-breached': 422,
  'too-many-requests': 429,
  unavailable: 503,
} satisfies Record<ErrorCode, number>;

/** What is wrong with a request before it reaches a route. */
export const EARLY_STATUS = {
  'bad-request': 400,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'uri-too-long': 414,
  'request-header-fields-too-large': 431,
  'internal-error': 500,
} as const;

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly Violation[];
}

/** All of it but where it happened, and what is told in a header. */
export type Told = Omit<Problem, 'instance'> & { readonly retryAfterSeconds?: number };

const titled = (code: string): string => {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const problem = (code: string, status: number, detail: string): Told => ({
  type: `/problems/${code}`,
  title: titled(code),
  status,
  detail,
});

// What Fastify and Node say before a route has been found or a body has been read.
const early: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
};

const earlyProblem = (error: unknown): Told | undefined => {
  const { code, message } = error as { code?: string; message?: string };
  const known = early[code ?? ''];
  if (known) return problem(known, STATUS[known], (message ?? known).toLowerCase());
  const status = statusOf(error);
  if (status === undefined || status < 400 || status > 499) return undefined;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  return problem(title.toLowerCase().replaceAll(' ', '-'), status, message ?? title);
};

/** What a client is told of an error; undefined for a defect, of which it is told nothing but that there is one. */
export const problemOf = (error: unknown): Told | undefined => {
  if (!(error instanceof DomainError)) return earlyProblem(error);
  const { code, message, violations, retryAfterSeconds } = error;
  return {
    ...problem(code, STATUS[code], message),
    ...(violations.length > 0 && { errors: violations }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
};

export const DEFECT: Told = problem(
  'internal-error',
  500,
  'something went wrong here; the log has it under the request id of this answer',
);

const usualRetryAfterSeconds = 5;

export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '/';

export const sendProblem = (
  request: FastifyRequest,
  reply: FastifyReply,
  { retryAfterSeconds = usualRetryAfterSeconds, ...told }: Told,
): void => {
  if (told.status === 401) reply.header('www-authenticate', 'Bearer realm="craton"');
  if (told.status === 503 || told.status === 429) reply.header('retry-after', String(retryAfterSeconds));
  reply.removeHeader('etag').removeHeader('location');
  void reply
    .code(told.status)
    .type('application/problem+json')
    .send({ ...told, instance: pathOf(request) });
};
