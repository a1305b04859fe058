import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { AnyObject, check, Flag, Optional, VariableNames } from '../http/fields.js';
import { isVariableKey } from '../http/json.js';
import { AsOfQuery } from '../http/query.js';
import { WholeBody } from '../http/whole-body.js';

const mostSchemas = 50;

const isSchema = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether each is a schema that can be checked by is seen by who compiles it. */
const Schemas = (): PropertyDecorator =>
  check(
    'schemas',
    (value) =>
      isSchema(value) &&
      Object.keys(value).length <= mostSchemas &&
      Object.entries(value).every(([key, schema]) => isVariableKey(key) && isSchema(schema as Json)),
    `must be an object of at most ${mostSchemas} members with names of variables, each of them a JSON Schema, which is an object`,
    {
      type: 'object',
      additionalProperties: { type: 'object' },
      maxProperties: mostSchemas,
      examples: [{ ntp: { type: 'array', items: { type: 'string', format: 'hostname' } } }],
    },
  );

@WholeBody()
export class VariableSchemaValues {
  @Schemas()
  readonly value: Readonly<Record<string, JsonObject>>;
}

@WholeBody()
export class VariableSchemaKeys {
  @VariableNames()
  readonly value: readonly string[];
}

export class VariableSchemasQuery extends AsOfQuery {
  /** Also those from above, which count as well, as by default; otherwise only the owner's own. */
  @Optional()
  @Flag()
  readonly 'resolved-values'?: boolean;
}

export class VariableSchemasBody {
  /** By key, nearest first: objects with `schema`, `owner`, `event_id`, `actor`, `changed_at` and `reason`. */
  @AnyObject()
  readonly schemas: object;
}
