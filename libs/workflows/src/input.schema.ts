import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Violation } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { compareByText } from '#libs/platform/src/json-schema/compare-by-text.js';
import { mostSteps, schemaCost, SchemaFault } from '#libs/platform/src/json-schema/schema-cost.js';

const options = {
  strict: false,
  discriminator: true,
  allErrors: false,
  validateFormats: false,
  logger: false,
} as const;

/** Somebody else's regular expression could run for hours: schemas that come in by a request have none. */
const noPattern = (): never => {
  throw new Error('regular expressions are not supported');
};

const compiled = new WeakMap<JsonObject, ValidateFunction>();

/** Of a schema that is part of Craton: compiled once. */
const ownValidator = (schema: JsonObject): ValidateFunction => {
  const known = compiled.get(schema) ?? new Ajv2020(options).compile(schema);
  compiled.set(schema, known);
  return known;
};

const memberOf = ({ instancePath, keyword, params }: ErrorObject, root: string): string => {
  const inside = instancePath.split('/').slice(1);
  const named: unknown =
    keyword === 'additionalProperties'
      ? params['additionalProperty']
      : (params['missingProperty'] ?? params['propertyName']);
  const path = typeof named === 'string' ? [...inside, named] : inside;
  return [root, ...path].join('.').slice(0, 200);
};

// A member named toString would keep an object from being written as text.
const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const messageOf = ({ keyword, message, params }: ErrorObject): string => {
  if (keyword === 'additionalProperties') return 'is not known';
  if (keyword === 'required') return 'is needed';
  if (keyword === 'propertyNames') return 'is not a name that can be used here';
  const allowed: unknown = params['allowedValues'];
  return Array.isArray(allowed)
    ? `must be one of ${allowed.map(written).join(', ')}`
    : (message ?? 'is wrong');
};

const told = (errors: readonly ErrorObject[], root: string): readonly Violation[] => {
  const telling = errors.find(({ keyword }) => keyword === 'propertyNames') ?? errors[0];
  return telling ? [{ member: memberOf(telling, root), message: messageOf(telling) }] : [];
};

const violations = (validate: ValidateFunction, value: Json, root: string): readonly Violation[] =>
  validate(value) ? [] : told(validate.errors ?? [], root);

/** What is wrong with a value by a schema that is part of Craton; messages never repeat the value. */
export const violationsBy = (schema: JsonObject, value: Json, root = 'input'): readonly Violation[] =>
  violations(ownValidator(schema), value, root);

const metaSchema = new Ajv2020(options);

interface Foreign {
  readonly validate: ValidateFunction;
  /** Steps for each character of a value, at most. */
  readonly cost: number;
}

/** Throws `SchemaFault`. */
const foreignOf = (schema: JsonObject): Foreign => {
  if (metaSchema.validateSchema(schema) !== true)
    throw new SchemaFault([], metaSchema.errorsText().slice(0, 300));
  const cost = schemaCost(schema, noPattern);
  const foreign = { ...options, meta: false, validateSchema: false } as const;
  return { validate: compareByText(new Ajv2020(foreign)).compile(schema), cost };
};

const faultOf = (error: unknown): SchemaFault =>
  error instanceof SchemaFault
    ? error
    : new SchemaFault([], error instanceof Error ? error.message.slice(0, 300) : 'is not a schema');

/**
 * What is wrong with a schema that came in by a request: it has to be JSON Schema 2020-12 without regular expressions and circles,
 * and cheap to check values by.
 */
export const violationsOfSchema = (schema: JsonObject, root = 'input_schema'): readonly Violation[] => {
  try {
    foreignOf(schema);
    return [];
  } catch (error) {
    const { path, message } = faultOf(error);
    return [{ member: [root, ...path].join('.').slice(0, 200), message }];
  }
};

/** What is wrong with a value by a schema that came in by a request. */
export const violationsByForeign = (
  schema: JsonObject,
  value: Json,
  root = 'input',
): readonly Violation[] => {
  try {
    const { validate, cost } = foreignOf(schema);
    if (cost * JSON.stringify(value).length > mostSteps)
      return [{ member: root, message: 'is too large to be checked by so complicated a schema' }];
    return violations(validate, value, root);
  } catch (error) {
    const { message } = faultOf(error);
    return [{ member: root, message: `the workflow's input schema is wrong: ${message}` }];
  }
};
