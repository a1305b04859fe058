import { isIP } from 'node:net';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { Violation } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { compareByText } from '#libs/platform/src/json-schema/compare-by-text.js';
import { mostSteps, SchemaFault, schemaCost } from '#libs/platform/src/json-schema/schema-cost.js';

/** Characters of a schema's JSON text. */
const longest = 16 * 1024;
/** Characters of the schemas that are kept compiled: that takes some ten times as much memory. */
const mostKept = 2 * 1024 * 1024;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const date = /^\d{4}-\d\d-\d\d$/;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  // A February that has too many days would become March.
  return date.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  ipv4: (text) => isIP(text) === 4,
  ipv6: (text) => isIP(text) === 6 && !text.includes('%'),
  uuid: (text) => uuid.test(text),
  date: isDay,
  'date-time': (text) => dateTime.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  hostname: (text) => text.length <= 253 && text.split('.').every((part) => label.test(part)),
  uri: (text) => /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) && URL.canParse(text),
};

const patternCost = (pattern: string): number => Math.ceil(RE2JS.compile(pattern).programSize() / 2);

/** An engine whose time grows with the text and never with the pattern's nesting; it knows no back references and no looking around. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'linear' },
);

const newAjv = (): Ajv2020 => {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    allErrors: false,
    inlineRefs: false,
    ownProperties: true,
    addUsedSchema: false,
    logger: false,
    formats,
    code: { regExp: linear },
  });
  compareByText(ajv);
  return ajv;
};

let shared: Ajv2020 | undefined;

const compile = (schema: JsonObject): ValidateFunction => {
  shared ??= newAjv();
  if (shared.validateSchema(schema) !== true) {
    const [error] = shared.errors ?? [];
    throw new SchemaFault((error?.instancePath ?? '').split('/').slice(1), error?.message ?? 'is wrong');
  }
  try {
    return shared.compile(schema);
  } catch (error) {
    throw new SchemaFault([], error instanceof Error ? error.message.slice(0, 200) : 'is no schema');
  } finally {
    // It would keep every schema that it ever saw.
    shared.removeSchema(schema);
  }
};

const pathOf = ({ instancePath, params }: ErrorObject): readonly string[] => {
  const named: unknown =
    params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  const inside = instancePath.split('/').slice(1);
  return typeof named === 'string' ? [...inside, named] : inside;
};

const messageOf = ({ keyword, message = 'is wrong' }: ErrorObject): string => {
  if (keyword === 'required') return 'is needed';
  return keyword === 'additionalProperties' || keyword === 'unevaluatedProperties' ? 'is not known' : message;
};

/** A schema that values are checked by. */
export class VariableSchema {
  private constructor(
    private readonly cost: number,
    private readonly validate: ValidateFunction,
  ) {}

  /** Throws `SchemaFault` for what is no schema of draft 2020-12, or could keep the process busy for long. */
  static of(schema: JsonObject): VariableSchema {
    const { length } = JSON.stringify(schema);
    if (length > longest) throw new SchemaFault([], `must be at most ${longest} characters of JSON`);
    return new VariableSchema(schemaCost(schema, patternCost), compile(schema));
  }

  /** How many steps it takes to check the value, at most. */
  stepsFor(value: Json): number {
    return this.cost * JSON.stringify(value).length;
  }

  /** What does not fit, and where: a path of members with dots between, empty for the value itself. Never repeats a value. */
  violation(value: Json): Violation | undefined {
    if (this.stepsFor(value) > mostSteps)
      return { member: '', message: 'is too large to be checked by so complicated a schema' };
    if (this.validate(value)) return undefined;
    const [error] = this.validate.errors ?? [];
    if (!error) return { member: '', message: 'is wrong' };
    return { member: pathOf(error).join('.').slice(0, 200), message: messageOf(error) };
  }
}

const kept = new Map<string, VariableSchema>();
let keptLength = 0;

/** The same for JSON text that was accepted before: compiled once, for as long as it is in use. */
export const schemaOf = (text: string): VariableSchema => {
  const known = kept.get(text);
  const schema = known ?? VariableSchema.of(JSON.parse(text) as JsonObject);
  kept.delete(text);
  kept.set(text, schema);
  if (known === undefined) keptLength += text.length;
  for (const oldest of kept.keys()) {
    if (keptLength <= mostKept) break;
    kept.delete(oldest);
    keptLength -= oldest.length;
  }
  return schema;
};

/** What is wrong with something that is to be a schema. */
export const faultOf = (schema: JsonObject): Violation | undefined => {
  try {
    VariableSchema.of(schema);
    return undefined;
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    return { member: error.path.join('.').slice(0, 200), message: error.message };
  }
};
