import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isObject } from './pointer.policy.js';

const defaulted = (schema: Json | undefined, value: Json | undefined): Json | undefined => {
  if (schema === undefined || !isObject(schema)) return value;
  if (value === undefined) return schema['default'];
  return isObject(value) ? withDefaults(schema, value) : value;
};

/** The value with the `default` of every member of the schema's `properties` that it lacks, at any depth. */
export const withDefaults = (schema: JsonObject, value: JsonObject): JsonObject => {
  const properties = schema['properties'] ?? null;
  if (!isObject(properties)) return value;
  const members = Object.entries(properties).flatMap(([name, member]) => {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const found = defaulted(member, given);
    return found === undefined || given === found ? [] : [[name, found] as const];
  });
  return { ...value, ...Object.fromEntries(members) };
};
