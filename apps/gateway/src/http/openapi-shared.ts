import type { Route } from './routes.js';

const text = { type: 'string' } as const;
const header = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** What all operations share. */
export const SHARED = {
  securitySchemes: {
    token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'An API key' },
    bearer: { type: 'http', scheme: 'bearer', description: 'The same API key' },
  },
  parameters: {
    as_of: {
      name: 'as_of',
      in: 'query',
      required: false,
      description: 'A past time (RFC 3339) or cursor: the answer is what it would have been then',
      schema: text,
    },
    'Idempotency-Key': header(
      'Idempotency-Key',
      "The client's name for this one change: repeated with the same key, it happens once and is answered as the first time",
      { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
    ),
    'If-Match': header('If-Match', 'The ETag that the change is based on; 412 when there is a newer one'),
    'If-None-Match': header(
      'If-None-Match',
      'The ETag that is known already; 304 when there is no newer one',
    ),
    'Craton-Cursor': header(
      'Craton-Cursor',
      'A cursor that an answer carried: this one waits until it reflects it',
    ),
    'X-Craton-Reason': header('X-Craton-Reason', 'Why, for the audit trail; percent-encoded UTF-8'),
  },
  headers: {
    ETag: { description: 'Revision of what the answer shows', schema: text },
    'Craton-Cursor': { description: 'Position in the log that the answer reflects', schema: text },
    'x-openstack-request-id': { description: 'Identifier of the request', schema: text },
  },
  responses: {
    400: problem('The request does not fit its schema; `errors` names the members'),
    401: problem('There is no valid API key'),
    403: problem('The API key does not permit this'),
    404: problem('There is no such thing, or it is not visible to the caller'),
    409: problem('The state of things does not allow it'),
    412: problem('If-Match names no current revision'),
    413: problem('The body is larger than 1 MiB, or the change too large for one write'),
    415: problem('The body is not application/json'),
    422: problem('The Idempotency-Key was given with another request, or a constraint forbids the change'),
    429: {
      ...problem('Too many requests with a key that is not valid; try again after `Retry-After` seconds'),
      headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } },
    },
    503: problem('The log or the read models are away; try again after `Retry-After` seconds'),
  },
  schemas: {
    Problem: {
      type: 'object',
      properties: {
        type: { type: 'string', format: 'uri-reference' },
        title: text,
        status: { type: 'integer' },
        detail: text,
        instance: { type: 'string', format: 'uri-reference' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            properties: { member: text, message: text },
            required: ['member', 'message'],
          },
        },
      },
      required: ['type', 'title', 'status', 'detail', 'instance'],
    },
  },
} as const;

const headersFor = ({ method, status }: Route): readonly (keyof (typeof SHARED)['parameters'])[] => {
  if (method === 'GET') return ['If-None-Match', 'Craton-Cursor'];
  const change = ['Idempotency-Key', 'X-Craton-Reason', 'Craton-Cursor'] as const;
  // What is made has no revision yet; a POST that makes nothing says that it answers 200.
  return method === 'POST' && status === undefined ? change : ['If-Match', ...change];
};

export const operationHeaders = (route: Route) =>
  route.permission === 'public'
    ? []
    : headersFor(route).map((name) => ({ $ref: `#/components/parameters/${name}` }));

const refusalsOf = ({ method, permission }: Route): readonly (keyof (typeof SHARED)['responses'])[] => {
  if (permission === 'public') return [];
  const reading = [400, 401, 403, 404, 429, 503] as const;
  return method === 'GET' ? reading : [...reading, 409, 412, 413, 415, 422];
};

export const problemResponses = (route: Route) =>
  Object.fromEntries(
    refusalsOf(route).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
  );
