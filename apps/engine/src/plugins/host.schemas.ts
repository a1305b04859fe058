import type { JsonObject } from '#libs/kernel/src/json.js';

const text = (maxLength: number): JsonObject => ({ type: 'string', minLength: 1, maxLength });

/** An object with a host's name and these members; all of them are needed, but not the further ones. */
export const hostInput = (
  more: Readonly<Record<string, JsonObject>> = {},
  further: Readonly<Record<string, JsonObject>> = {},
): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: ['host', ...Object.keys(more)],
  properties: { host: text(255), ...more, ...further },
});

export const words = text(200);
export const flag: JsonObject = { type: 'boolean' };
export const runs: JsonObject = { type: 'array', items: text(36) };
