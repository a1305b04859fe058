import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isObject } from '../json-shape.js';

/** One object as NetBox's REST API answers it; whatever is in it was written by others. */
export type NetBoxObject = JsonObject;

export const textOf = (object: NetBoxObject | undefined, member: string): string | undefined => {
  const value = object?.[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const objectIn = (object: NetBoxObject | undefined, member: string): NetBoxObject | undefined => {
  const value = object?.[member];
  return isObject(value) ? value : undefined;
};

export const idOf = (object: NetBoxObject | undefined): number | undefined => {
  const value = object?.['id'];
  return Number.isSafeInteger(value) ? (value as number) : undefined;
};

/** The value of a choice, which comes as `{ value, label }`. */
export const choiceOf = (object: NetBoxObject, member: string): string | undefined =>
  textOf(object, member) ?? textOf(objectIn(object, member), 'value');

/** Identifiers, or slugs, of a list of nested objects; tags of a config context are slugs themselves. */
export const keysIn = (object: NetBoxObject, member: string, key: 'id' | 'slug'): Json[] => {
  const list = object[member];
  if (!Array.isArray(list)) return [];
  return (list as Json[]).flatMap((one) => {
    const value = isObject(one) ? one[key] : one;
    return typeof value === 'string' || typeof value === 'number' ? [value] : [];
  });
};

/** The role of a device: `role` since NetBox 4, `device_role` before. */
export const roleOf = (object: NetBoxObject): NetBoxObject | undefined =>
  objectIn(object, 'role') ?? objectIn(object, 'device_role');

/** The site of an object: a member until NetBox 4.1, its scope from 4.2 on. */
export const siteOf = (object: NetBoxObject | undefined): NetBoxObject | undefined => {
  const site = objectIn(object, 'site');
  if (site) return site;
  return object?.['scope_type'] === 'dcim.site' ? objectIn(object, 'scope') : undefined;
};

/** An address without the length of its prefix. */
export const addressOf = (object: NetBoxObject | undefined): string | undefined =>
  textOf(object, 'address')?.split('/')[0];

/** What is there, as an object; nothing that is null, empty or absent. */
export const compact = (members: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => {
      if (value === undefined || value === null || value === '') return false;
      return typeof value !== 'object' || Object.keys(value).length > 0;
    }),
  ) as JsonObject;
