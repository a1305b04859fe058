import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** A pointer to nothing: another attempt will not cure it. */
export class NothingThere extends Error {
  override readonly name = 'NothingThere';
}

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The pointer of `{ "$": "/pointer" }`; undefined for every other value. */
export const pointerOf = (value: Json): string | undefined => {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const pointer = value['$'];
  return typeof pointer === 'string' ? pointer : undefined;
};

const memberOf = (value: Json, token: string): Json | undefined => {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
};

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** What an RFC 6901 pointer finds in a document; throws `NothingThere`. */
export const find = (pointer: string, document: Json): Json => {
  const [root, ...tokens] = pointer.split('/');
  if (root !== '') throw new NothingThere(`"${pointer}" is not a pointer: it does not begin with a slash`);
  let value: Json | undefined = document;
  for (const token of tokens) {
    value = memberOf(value, unescaped(token));
    if (value === undefined) throw new NothingThere(`there is nothing at ${pointer}`);
  }
  return value;
};

/** The value with every pointer in it replaced by what it finds. What was found is data: pointers in it stay as they are. */
export const resolve = (value: Json, scope: JsonObject): Json => {
  const pointer = pointerOf(value);
  if (pointer !== undefined) return find(pointer, scope);
  if (Array.isArray(value)) return value.map((element: Json) => resolve(element, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, scope)]));
};

/** Every pointer in a value. */
export const pointersIn = (value: Json): readonly string[] => {
  const pointer = pointerOf(value);
  if (pointer !== undefined) return [pointer];
  if (Array.isArray(value)) return value.flatMap(pointersIn);
  return isObject(value) ? Object.values(value).flatMap(pointersIn) : [];
};

/** How deep arrays and objects are nested, counted no further than `limit` + 1. */
export const depthOf = (value: Json, limit: number): number => {
  if (typeof value !== 'object' || value === null) return 0;
  if (limit <= 0) return 1;
  const members: readonly Json[] = Object.values(value);
  return 1 + members.reduce<number>((deepest, member) => Math.max(deepest, depthOf(member, limit - 1)), 0);
};
