import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isObject } from '../json-shape.js';

// No quotes only where no reader of YAML 1.1 or 1.2 sees anything but this text; some take e5 for a number.
const plain = /^(?![eE]\d)[A-Za-z_][\w./@-]*(?: [\w./@-]+)*$/;
const words = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf']);
// What JSON lets stand in quotes and YAML does not, or takes for the end of a line.
const unprintable = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const text = (value: string): string =>
  plain.test(value) && !words.has(value.toLowerCase())
    ? value
    : JSON.stringify(value).replace(unprintable, escaped);

const isEmpty = (value: object): boolean => {
  for (const _ in value) return false;
  return true;
};

const member = (key: string, value: Json, pad: string): string => {
  // A reader may look no further than 1,024 characters for the colon that makes a text a key.
  const start = key.length > 250 ? `${pad}? ${text(key)}\n${pad}:` : `${pad}${text(key)}:`;
  const one = onLine(value);
  return one === undefined ? `${start}\n${block(value, `${pad}  `)}` : `${start} ${one}\n`;
};

const item = (value: Json, pad: string): string => {
  const one = onLine(value);
  return one === undefined ? `${pad}- ${block(value, `${pad}  `).slice(pad.length + 2)}` : `${pad}- ${one}\n`;
};

/** Undefined for what takes lines of its own. */
const onLine = (value: Json): string | undefined => {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (!isEmpty(value)) return undefined;
  return isObject(value) ? '{}' : '[]';
};

const block = (value: Json, pad: string): string => {
  let lines = '';
  if (isObject(value)) for (const key of Object.keys(value)) lines += member(key, value[key] as Json, pad);
  else for (const one of value as readonly Json[]) lines += item(one, pad);
  return lines;
};

/** One item of a sequence in block style, with the line feed at its end. The same in YAML 1.1 and 1.2. */
export const yamlItem = (row: JsonObject): string => item(row, '');
