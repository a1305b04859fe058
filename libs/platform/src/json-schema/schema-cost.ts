import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** Steps of one check, as the product of the schema's cost and the value's characters: a fraction of a second at the very worst. */
export const mostSteps = 10_000_000;

/** What is wrong with a schema, and where in it. */
export class SchemaFault extends Error {
  constructor(
    readonly path: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** How the cost of a keyword grows out of what it holds. */
type Kind =
  | 'schema'
  | 'list'
  | 'map'
  | 'patterns'
  | 'plain'
  | 'choice'
  | 'pattern'
  | 'reference'
  | 'dialect'
  | 'definitions';

const kinds: Readonly<Record<string, Kind>> = {
  ...kindOf('schema', 'not if then else additionalProperties propertyNames items contains'),
  ...kindOf('schema', 'unevaluatedItems unevaluatedProperties'),
  ...kindOf('list', 'allOf anyOf oneOf prefixItems'),
  ...kindOf('map', 'properties dependentSchemas'),
  ...kindOf('choice', 'enum required dependentRequired'),
  ...kindOf(
    'plain',
    'type const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength',
  ),
  ...kindOf(
    'plain',
    'maxItems minItems uniqueItems maxContains minContains maxProperties minProperties format',
  ),
  ...kindOf('plain', 'title description default deprecated readOnly writeOnly examples $comment'),
  patternProperties: 'patterns',
  pattern: 'pattern',
  $ref: 'reference',
  $schema: 'dialect',
  $defs: 'definitions',
};

function kindOf(kind: Kind, keywords: string): Record<string, Kind> {
  return Object.fromEntries(keywords.split(' ').map((keyword) => [keyword, kind]));
}

const dialect = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const reference = /^#\/\$defs\/([\w.-]{1,64})$/;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Steps that one value takes at one place, at most: every subschema counts wherever it is reached from. */
export const mostCost = 1000;

const membersOf = (value: Json): readonly [string, Json][] => Object.entries(isObject(value) ? value : {});

class Costs {
  private readonly definitions: JsonObject;
  private readonly known = new Map<string, number>();
  private readonly open = new Set<string>();

  constructor(
    root: JsonObject,
    private readonly patternCost: (pattern: string) => number,
  ) {
    this.definitions = isObject(root['$defs']) ? root['$defs'] : {};
  }

  ofSchema(schema: Json | undefined, path: readonly string[]): number {
    if (typeof schema === 'boolean') return 1;
    if (!isObject(schema)) throw new SchemaFault(path, 'must be a schema: an object, true or false');
    return this.sum(1, Object.entries(schema), path, (value, at) => this.ofKeyword(value, at));
  }

  private ofKeyword(value: Json, path: readonly string[]): number {
    const keyword = path.at(-1) ?? '';
    const kind = Object.hasOwn(kinds, keyword) ? kinds[keyword] : undefined;
    if (kind === undefined || (kind === 'definitions' && path.length > 1))
      throw new SchemaFault(path, 'is not known here');
    return this.byKind[kind](value, path);
  }

  private readonly byKind: Readonly<Record<Kind, (value: Json, path: readonly string[]) => number>> = {
    schema: (value, path) => this.ofSchema(value, path),
    list: (value, path) =>
      this.ofSchemas(Object.entries(Array.isArray(value) ? (value as Json[]) : []), path),
    map: (value, path) => this.ofSchemas(membersOf(value), path),
    patterns: (value, path) =>
      this.sum(0, membersOf(value), path, (_, at) => this.ofPattern(at.at(-1) ?? '', at)) +
      this.ofSchemas(membersOf(value), path),
    plain: () => 0,
    choice: (value) => Math.ceil(JSON.stringify(value).length / 16),
    pattern: (value, path) => (typeof value === 'string' ? this.ofPattern(value, path) : 0),
    reference: (value, path) => this.ofReference(value, path),
    dialect: (value, path) => {
      if (typeof value === 'string' && dialect.test(value)) return 0;
      throw new SchemaFault(path, 'must be https://json-schema.org/draft/2020-12/schema');
    },
    // Nobody has to refer to them, but they must be right.
    definitions: (value, path) => {
      for (const [name] of membersOf(value)) this.ofReference(`#/$defs/${name}`, [...path, name]);
      return 0;
    },
  };

  private ofSchemas(schemas: readonly [string, Json][], path: readonly string[]): number {
    return this.sum(0, schemas, path, (schema, at) => this.ofSchema(schema, at));
  }

  private ofReference(value: Json, path: readonly string[]): number {
    const [, name] = (typeof value === 'string' && reference.exec(value)) || [];
    if (name === undefined || !Object.hasOwn(this.definitions, name))
      throw new SchemaFault(path, 'must be "#/$defs/" and a name that is defined there');
    if (this.open.has(name)) throw new SchemaFault(path, 'turns in a circle');
    this.open.add(name);
    const cost = this.known.get(name) ?? this.ofSchema(this.definitions[name], ['$defs', name]);
    this.open.delete(name);
    this.known.set(name, cost);
    return cost;
  }

  private ofPattern(pattern: string, path: readonly string[]): number {
    try {
      return this.patternCost(pattern);
    } catch (error) {
      throw new SchemaFault(path, error instanceof Error ? error.message.slice(0, 200) : 'is no pattern');
    }
  }

  private sum(
    start: number,
    members: readonly [string, Json][],
    path: readonly string[],
    costOf: (value: Json, path: readonly string[]) => number,
  ): number {
    return members.reduce((cost, [name, value]) => {
      const at = [...path, name];
      const total = cost + costOf(value, at);
      if (total > mostCost) throw new SchemaFault(at, 'takes too many steps: make the schema simpler');
      return total;
    }, start);
  }
}

/**
 * How many steps the schema takes for one value in the worst case, references followed: the product of this and the value's size
 * bounds the time of a check. Throws `SchemaFault` for what is not of draft 2020-12, reaches outside, turns in a circle, or costs
 * more than `mostCost`. `patternCost` throws for what is no pattern.
 */
export const schemaCost = (root: JsonObject, patternCost: (pattern: string) => number): number =>
  new Costs(root, patternCost).ofSchema(root, []);
