import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import {
  fieldTypes,
  fleetKinds,
  placeNames,
  type FleetKind,
  type Place,
  type Read,
  type RowProblem,
  type Source,
} from './fleet-record.js';
import { isObject, oddityOf } from './json-shape.js';

const kinds = new Set<string>(fleetKinds);
const places = new Set<string>(placeNames);
const own = new Set(['kind', 'name', 'labels', 'variables']);

const checks = {
  string: (value: Json) => typeof value === 'string',
  boolean: (value: Json) => typeof value === 'boolean',
  integer: (value: Json) => Number.isSafeInteger(value),
  json: () => true,
} as const;

const article = { string: 'a text', boolean: 'true or false', integer: 'a whole number', json: 'a value' };

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value !== '';

export interface ShapeOptions {
  readonly depth: number;
  /** What a row is that does not say it. */
  readonly kind?: FleetKind;
}

class RowReader {
  private readonly place: Record<string, string> = {};
  private readonly fields: Record<string, Json> = {};
  private labels: readonly string[] = [];
  private variables: JsonObject = {};

  constructor(
    private readonly kind: FleetKind,
    private readonly name: string,
  ) {}

  /** Takes one member in; answers what is wrong with it. */
  take(member: string, value: Json): string | undefined {
    if (own.has(member)) return this.takeOwn(member, value);
    if (places.has(member)) return this.takePlace(member, value);
    const types = fieldTypes[this.kind];
    if (!Object.hasOwn(types, member)) return `is not a member of a ${this.kind}`;
    const type = types[member]!;
    if (!checks[type](value)) return `must be ${article[type]}`;
    this.fields[member] = value;
    return undefined;
  }

  record(source: Source): Read {
    return {
      kind: this.kind,
      name: this.name,
      place: this.place as Place,
      fields: this.fields,
      labels: this.labels,
      variables: this.variables,
      source,
    };
  }

  private takeOwn(member: string, value: Json): string | undefined {
    if (member === 'labels') {
      if (!Array.isArray(value) || !value.every(isText)) return 'must be a list of texts';
      this.labels = [...new Set(value as string[])];
    } else if (member === 'variables') {
      if (!isObject(value)) return 'must be an object';
      this.variables = value;
    }
    return undefined;
  }

  private takePlace(member: string, value: Json): string | undefined {
    if (!isText(value)) return 'must be a name';
    this.place[member] = value;
    return undefined;
  }
}

const at = (source: Source, path: string, words: string): RowProblem => ({
  problem: `${path} ${words}`,
  source: { ...source, path },
});

const kindOf = (row: JsonObject, { kind }: ShapeOptions): string | undefined => {
  const said = row['kind'] ?? kind;
  return typeof said === 'string' && kinds.has(said) ? said : undefined;
};

/** Reads one row of the neutral shape, as NDJSON, YAML and CSV have it: a flat object with `labels` and `variables`. */
export const readRow = (row: unknown, source: Source, options: ShapeOptions): Read => {
  if (!isObject(row)) return { problem: 'a row must be an object', source };
  const oddity = oddityOf(row, options.depth);
  if (oddity) return at(source, oddity.path.toReversed().join('.'), oddity.words);
  const kind = kindOf(row, options);
  if (kind === undefined) return at(source, 'kind', `must be one of ${fleetKinds.join(', ')}`);
  const { name } = row;
  if (!isText(name)) return at(source, 'name', 'must be a text and not empty');
  const reader = new RowReader(kind as FleetKind, name);
  for (const member of Object.keys(row)) {
    const value = row[member]!;
    // Null says the same as absence.
    if (value === null) continue;
    const wrong = reader.take(member, value);
    if (wrong !== undefined) return at(source, member.slice(0, 80), wrong);
  }
  return reader.record(source);
};
