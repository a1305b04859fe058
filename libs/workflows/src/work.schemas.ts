import type { JsonObject } from '#libs/kernel/src/json.js';

/** Input of the plugin `pause`. */
export const pauseInput: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['seconds'],
  properties: { seconds: { type: 'number', minimum: 0, maximum: 86_400 } },
};

/** Header names are compared in lower case by HTTP, so the schema has to spell out the cases. */
const anyCase = (word: string) => word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** Recorded inputs hold no secrets, so these may come only from the engine's secrets directory. */
const secretHeaders = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-auth-token',
  'x-subject-token',
  'x-api-key',
];
/** The engine sets these itself. */
const ownHeaders = ['idempotency-key', 'host', 'content-length', 'connection', 'transfer-encoding'];
/** What no URL parser would take is refused before a host is emptied for it. */
const host = '(\\[[0-9A-Fa-f:.]+\\]|[^\\[\\]/?#@:\\s\\x00-\\x1f\\x7f]+)';
const rest = '[/?#][^\\s\\x00-\\x1f\\x7f]*';
const headerName = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$";

/** Input of the plugin `http.request`. */
export const httpRequestInput: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], default: 'POST' },
    /** No user information in it: it would be recorded. */
    url: { type: 'string', pattern: `^https?://${host}(:\\d{1,5})?(${rest})?$`, maxLength: 2048 },
    headers: {
      type: 'object',
      maxProperties: 50,
      propertyNames: {
        pattern: headerName,
        not: { pattern: `^(${[...secretHeaders, ...ownHeaders].map(anyCase).join('|')})$` },
      },
      additionalProperties: { type: 'string', pattern: '^[\\t\\x20-\\x7e\\xa0-\\xff]*$', maxLength: 4096 },
    },
    /** Header to the name of a file in the engine's secrets directory. */
    secret_headers: {
      type: 'object',
      maxProperties: 10,
      propertyNames: {
        pattern: headerName,
        not: { pattern: `^(${ownHeaders.map(anyCase).join('|')})$` },
      },
      additionalProperties: { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$' },
    },
    /** Sent as JSON, or as it is when it is a string. */
    body: {},
    expected_statuses: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: { type: 'integer', minimum: 100, maximum: 599 },
    },
  },
  // With the others, fetch refuses to send one.
  dependentSchemas: { body: { properties: { method: { enum: ['POST', 'PUT', 'PATCH', 'DELETE'] } } } },
};
