import type { Type } from '@nestjs/common';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { isNullable, isOptional, partsOf } from './fields.js';
import { isWholeBody } from './whole-body.js';

export type Schema = Readonly<Record<string, unknown>>;

const nullable = (schema: Schema): Schema =>
  typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };

/** The schema of a class whose members are decorated with the fields of `fields.ts`: what is validated is what is described. */
export const schemaOf = (type: Type): Schema => {
  const prototype = type.prototype as object;
  const defaults = new type() as Record<string, unknown>;
  const members = Object.entries(targetConstructorToSchema(type).properties ?? {}) as [string, Schema][];
  const properties = members.map(([name, schema]) => [
    name,
    {
      ...(isNullable(prototype, name) ? nullable(schema) : schema),
      ...(defaults[name] !== undefined && { default: defaults[name] }),
    },
  ]);
  if (isWholeBody(type)) return Object.fromEntries(properties)['value'] as Schema;
  const required = members
    .map(([name]) => name)
    .filter((name) => defaults[name] === undefined && !isOptional(prototype, name));
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Schema,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
};

/** The schemas of these classes and of everything that is a part of them, by name. Throws when two classes share a name. */
export class Schemas {
  private readonly types = new Map<string, Type>();

  refer(type: Type): Schema {
    const known = this.types.get(type.name);
    if (known && known !== type) throw new Error(`two classes of the API are named ${type.name}`);
    if (!known) {
      this.types.set(type.name, type);
      for (const part of partsOf(type.prototype as object)) this.refer(part);
    }
    return { $ref: `#/components/schemas/${type.name}` };
  }

  all(): Record<string, Schema> {
    const sorted = [...this.types].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, type]) => [name, schemaOf(type)]));
  }
}
