import { failureWays, limits } from '#libs/providers/src/binding.js';
import { AnyObject, check, Flag, Optional } from '../http/fields.js';
import { isVariableKey } from '../http/json.js';
import { AsOfQuery } from '../http/query.js';
import { WholeBody } from '../http/whole-body.js';

/** An owner has no more than these; each costs every reader of the owner and its heirs a question. */
export const mostBindings = 32;

export type BindingsAsked = Readonly<Record<string, object>>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const whole = ({ least, most, usual }: (typeof limits)[keyof typeof limits]) => ({
  type: 'integer',
  minimum: least,
  maximum: most,
  default: usual,
});

const description = [
  'Where the values of variables are looked up when they are read. `http-json` has settings `url`, with `{name}`, `{id}` and `{ip_address}` of what',
  'is read in its path and query, and `headers`, each an object with the name of a `credential` of the gateway; `nova.servers`, `nova.service` and',
  '`nova.aggregates` have `host`, by default `{name}`. `path` is a JSONPath (RFC 9535) into the answer.',
].join(' ');

const binding = {
  type: 'object',
  properties: {
    provider: { type: 'string', examples: ['http-json', 'nova.servers', 'nova.service', 'nova.aggregates'] },
    settings: { type: 'object', additionalProperties: true },
    path: { type: 'string', maxLength: 1000, default: '$' },
    timeout_ms: whole(limits.timeout_ms),
    cache_seconds: whole(limits.cache_seconds),
    on_failure: { type: 'string', enum: [...failureWays], default: 'last-known' },
  },
  required: ['provider', 'settings'],
  additionalProperties: false,
};

/** What is in each binding is seen by who checks it with its provider. */
const Bindings = (): PropertyDecorator =>
  check(
    'bindings',
    (value) =>
      isObject(value) &&
      Object.keys(value).length <= mostBindings &&
      Object.entries(value).every(([key, one]) => isVariableKey(key) && isObject(one)),
    `must be an object of at most ${mostBindings} members with names of variables, each of them an object`,
    {
      type: 'object',
      additionalProperties: binding,
      maxProperties: mostBindings,
      description,
      examples: [
        {
          rack: {
            provider: 'http-json',
            settings: {
              url: 'https://cmdb.example/api/devices/?name={name}',
              headers: { authorization: { credential: 'cmdb' } },
            },
            path: '$.results[0].rack.name',
          },
        },
      ],
    },
  );

@WholeBody()
export class VariableBindings {
  @Bindings()
  readonly value: BindingsAsked;
}

export class VariableBindingsQuery extends AsOfQuery {
  /** Also what is inherited, as by default; otherwise only the owner's own. */
  @Optional()
  @Flag()
  readonly 'resolved-values'?: boolean;
}

export class VariableBindingsBody {
  /** By key, those in effect: objects as they were set, with `owner`, `event_id`, `actor`, `changed_at` and `reason`. */
  @AnyObject()
  readonly bindings: object;
}
